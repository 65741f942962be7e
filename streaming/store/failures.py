"""What PostgreSQL's errors mean, by SQLSTATE; while there is no session, by the message alone."""

import psycopg

_CLASSES = {
    "08": "network",
    "22": "validation",
    "23": "validation",
    "28": "authentication",
    "40": "timeout",  # deadlock or serialization: others were first, waiting helps
    "53": "exhaustion",
    "54": "validation",
    "57": "network",  # shut down, crashed or starting
}
_CODES = {
    "25P03": "timeout",
    "42501": "authorisation",
    "55P03": "timeout",
    "57014": "timeout",
}
_SAID = {
    "authentication failed": "authentication",
    "no password supplied": "authentication",
    'role "': "authentication",
    "no pg_hba.conf entry": "authorisation",
    "permission denied": "authorisation",
    "too many c": "exhaustion",  # clients, connections
    "connection slots": "exhaustion",
    "Too many open files": "exhaustion",
    "No space left": "exhaustion",
    "out of memory": "exhaustion",
    "timeout expired": "timeout",
}
"""libpq gives no SQLSTATE of a session that did not come about."""


_UNKNOWN_HERE = {"3F000", "42P01", "42703", "42883"}
"""Schema, table, column, function: what a migration would have made."""

UNMIGRATED = (
    "the database lacks tables of this version: `knockon up` with this DATABASE_URL brings it there"
)


def unmigrated(error: BaseException) -> bool:
    """Whether PostgreSQL does not know what this version asks for."""
    return isinstance(error, psycopg.Error) and error.sqlstate in _UNKNOWN_HERE


def kind_of(error: BaseException) -> str | None:
    """The type as streaming.failures names it; None when it is no error of PostgreSQL."""
    if not isinstance(error, psycopg.Error):
        return None
    code = error.sqlstate
    if code is not None:
        return _CODES.get(code) or _CLASSES.get(code[:2], "processing")
    if not isinstance(error, psycopg.OperationalError):
        return "processing"
    said = str(error)
    return next((kind for words, kind in _SAID.items() if words in said), "network")
