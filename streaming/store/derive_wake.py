"""How the materialiser waits for work, and how others see whether it lives."""

import time
from collections.abc import Iterable
from datetime import timedelta

from psycopg import sql

from streaming.store.database import Connection


def listen(connection: Connection, channels: Iterable[str]) -> None:
    """Hear what commits from now on."""
    for channel in channels:
        connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))


def wait(connection: Connection, seconds: float, debounce_seconds: float) -> set[str]:
    """The channels that spoke; empty after `seconds` of silence.

    After the first word it listens on for `debounce_seconds`, so that a burst of commits is one
    piece of work, yet a steady stream of them delays nothing further.
    """
    heard = {note.channel for note in connection.notifies(timeout=seconds, stop_after=1)}
    if heard:
        until = time.monotonic() + debounce_seconds
        while (left := until - time.monotonic()) > 0:
            heard |= {note.channel for note in connection.notifies(timeout=left)}
    return heard


def claim(connection: Connection, duty: str) -> bool:
    """Take on a duty for as long as the session lives; False when another session has it."""
    row = connection.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", (duty,))
    return bool(row.fetchone()[0])  # type: ignore[index]  # a function call answers one row


def duty_of(reader: str) -> str:
    """What a session holds while it derives for this reader."""
    return f"derive {reader}"


def share(connection: Connection, duty: str) -> None:
    """Be at work on a duty for as long as the session lives, beside others who may be as well."""
    connection.execute("select pg_advisory_lock_shared(hashtextextended(%s, 0))", (duty,))


def alone(connection: Connection, duty: str) -> None:
    """Wait until nobody else is at this duty; it is ours until the transaction ends."""
    connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (duty,))


def is_claimed(connection: Connection, duty: str) -> bool:
    """Whether some session has taken on the duty, alone or beside others."""
    with connection.transaction():
        row = connection.execute(
            "select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", (duty,)
        ).fetchone()
    return not row[0]  # type: ignore[index]


def marked_within(
    connection: Connection, reader: str, log_ids: Iterable[int], span: timedelta
) -> bool:
    """Whether the reader's mark in one of the logs has moved within the time span."""
    row = connection.execute(
        "select exists (select from logs.marks where reader = %s and log_id = any(%s)"
        " and updated_at > clock_timestamp() - %s)",
        (reader, list(log_ids), span),
    ).fetchone()
    return bool(row and row[0])
