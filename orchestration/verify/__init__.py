"""`knockon verify`: proves the invariants on the live database, each by a road of its own."""
