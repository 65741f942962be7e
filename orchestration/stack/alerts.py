"""What somebody must act upon, each with what to do; from the database."""

from streaming.store.database import Connection
from streaming.store.halts import halted


def alerts(connection: Connection) -> list[str]:
    """One line each; none when all is well."""
    return [
        f"{one.topic} is not landed since {one.since:%Y-%m-%d %H:%M:%S} ({one.partitions}"
        f" partitions): {one.reason}. Mend what makes or reads these records and restart the"
        f" lander; or `knockon dead-letters accept {one.topic}` to make dead letters of them, or"
        " KNOCKON_DEAD_LETTER_BUDGET=off"
        for one in halted(connection)
    ]
