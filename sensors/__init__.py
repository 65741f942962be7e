"""When something runs: compare what is written with what is read, ask for the difference."""
