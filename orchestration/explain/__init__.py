"""The reasoned letter of one claim, and the pack for a regulator: read, put into words, set."""
