"""Why a replay is not begun."""

from datetime import datetime


class TooLate(Exception):
    """The stack has already come further in event time: what is told now would count as late."""

    def __init__(self, event_time: datetime, begins: datetime) -> None:
        super().__init__(
            f"event time on this stack has come to {event_time:%Y-%m-%d %H:%M} UTC, and this begins"
            f" at {begins:%Y-%m-%d %H:%M}; what lies before would be landed but count as late."
            " Replay days that follow each other in one go (--from, --to), use a fresh stack"
            " (KNOCKON_STATE_DIR), or send all the same with --late"
        )
