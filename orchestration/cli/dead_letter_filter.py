"""Reads what narrows a choice of dead letters, and times as people give them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from streaming.store.dead_letters import Filter

UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def narrowed(
    topic: str | None,
    partition: int | None,
    error_type: str | None,
    since: str | None,
    until: str | None,
    prefix: str | None,
    state: str | None,
    limit: int | None,
) -> "Filter":
    """The filter that the options mean; names and times are checked."""
    from typing import get_args

    from domain.events.dead_letter import ErrorType as Known
    from streaming.store.dead_letters import STATES, Filter
    from streaming.topics import LANDING

    _among(topic, [one.name for one in LANDING], "--topic")
    _among(error_type, get_args(Known), "--error-type")
    _among(state, (*STATES, "all"), "--state")
    found = Filter(
        topic, partition, error_type, time_of(since), time_of(until), prefix, state, limit
    )
    return replace(found, state=None) if state == "all" else found


def _among(given: str | None, known: Sequence[str], option: str) -> None:
    if given is not None and given not in known:
        raise typer.BadParameter(f"no {given}: choose from {', '.join(known)}", param_hint=option)


def time_of(text: str | None) -> datetime | None:
    """A time in UTC, or so long ago."""
    if text is None:
        return None
    if text[-1:] in UNITS and text[:-1].isdigit():
        return datetime.now(UTC) - timedelta(**{UNITS[text[-1]]: int(text[:-1])})
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no time: give 2026-06-15T06:00 (UTC), or 15m, 6h, 2d"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
