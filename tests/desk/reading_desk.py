"""Reads a bank's file from standard input: `python -m tests.desk.reading_desk URL`."""

import sys
from datetime import UTC, datetime

from streaming.desk.answers import read
from streaming.store.database import connect

with connect(sys.argv[1], "reader", autocommit=True) as connection:
    found = read(connection, sys.stdin.buffer.read(), "reader", datetime(2026, 7, 17, tzinfo=UTC))
sys.stdout.write("again" if found.read_before else ",".join(found.outcomes))
