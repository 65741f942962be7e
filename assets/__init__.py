"""What is materialised: thin Dagster shells and asset checks; the work is in `derivations`."""
