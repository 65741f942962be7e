"""The walk back from a euro, a forecast or a finding to Kafka offsets, by stored keys alone."""
