"""One story a file, each with its declared truth, so that a test can hold the platform to it."""
