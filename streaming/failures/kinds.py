"""The types of errors, and the recovery of each."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Kind(StrEnum):
    """What kind of trouble it is, which is also what kind of person can help."""

    NETWORK = "network"
    TIMEOUT = "timeout"
    VALIDATION = "validation"
    AUTHENTICATION = "authentication"
    AUTHORISATION = "authorisation"
    EXHAUSTION = "exhaustion"
    PROCESSING = "processing"


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a worker does: pauses double from the first to the longest, half of it by chance.

    A record that is at fault becomes a dead letter before it gets here. What stops is started
    again by the supervisor, which gives up when that happens too often.
    """

    action: Literal["retry", "pause", "stop"]
    first_seconds: float = 0.2
    longest_seconds: float = 10.0


_PASSES_BY_ITSELF = Recovery("retry")
_SOMEBODY_MUST_ACT = Recovery("pause", 5.0, 60.0)

RECOVERIES = {
    Kind.NETWORK: _PASSES_BY_ITSELF,
    Kind.TIMEOUT: _PASSES_BY_ITSELF,
    # Room, memory, a password or a right may come back without a restart; hammering helps nobody.
    Kind.EXHAUSTION: _SOMEBODY_MUST_ACT,
    Kind.AUTHENTICATION: _SOMEBODY_MUST_ACT,
    Kind.AUTHORISATION: _SOMEBODY_MUST_ACT,
    Kind.VALIDATION: _SOMEBODY_MUST_ACT,
    Kind.PROCESSING: Recovery("stop"),
}
