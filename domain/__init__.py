"""What it means: pure rules and calculations; no clock, no network, no database, no framework."""
