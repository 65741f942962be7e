"""A worker's sign of life: a file whose modification time says when it last made progress."""

from collections.abc import Callable
from pathlib import Path

STALE_SECONDS = 30.0
"""A worker that was silent for this long is not healthy; beat at least every few seconds."""


def heartbeat(file: Path | None) -> Callable[[], None]:
    """The function that a worker calls whenever it got round; does nothing without a file."""
    if file is None:
        return lambda: None
    return file.touch


def silence_seconds(file: Path, now: float) -> float | None:
    """Seconds since the last sign of life; None when there was none yet."""
    try:
        return now - file.stat().st_mtime
    except FileNotFoundError:
        return None
