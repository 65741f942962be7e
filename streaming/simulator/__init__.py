"""Made-up worlds that travel the same topics as real ones; today scripted scenarios only."""
