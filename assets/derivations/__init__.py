"""One derivation per table: read an interval, call one pure function, write; knows no Dagster."""
