"""What happened: topics, codecs, producers, landing, live detection and the store; no Dagster here."""
