"""What happened: topics, codec, producers, landing, live detection, store; no Dagster here."""
