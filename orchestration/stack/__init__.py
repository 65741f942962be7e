"""The local stack: embedded engines and the platform's own processes under one supervisor."""
