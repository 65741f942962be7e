"""A day of a continent in an hour: what grows while nothing should."""
