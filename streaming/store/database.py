"""Sessions: one way to connect, with a name that pg_stat_activity shows and an error that helps."""

import socket
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from streaming.store.errors import StoreError

Connection = psycopg.Connection[Any]
Unavailable = psycopg.OperationalError
"""The server went away or refused: reconnect."""

DatabaseError = psycopg.Error
"""Whatever PostgreSQL answers to a statement."""

CONNECT_SECONDS = 5


def connect(url: str, application_name: str, *, autocommit: bool = False) -> Connection:
    """Open a session; times are UTC, else the options of the URL hold.

    Raises:
        StoreError: the server does not answer or refuses; names the reason, never the password.
    """
    try:
        options = conninfo_to_dict(url).get("options") or ""
        return psycopg.connect(
            url,
            autocommit=autocommit,
            connect_timeout=CONNECT_SECONDS,
            application_name=application_name,
            options=f"{options} -c timezone=UTC",
        )
    except psycopg.Error as error:
        _require_a_descriptor()
        reason = (str(error).strip().splitlines() or [type(error).__name__])[-1]
        raise StoreError(
            f"cannot use PostgreSQL ({reason}): check DATABASE_URL, or see `knockon status`"
        ) from error


def _require_a_descriptor() -> None:
    """Raises StoreError when this process may open nothing more, of which libpq says nothing."""
    try:
        socket.socket().close()
    except OSError as shortage:
        raise StoreError(f"cannot connect to PostgreSQL: {shortage.strerror}") from shortage
