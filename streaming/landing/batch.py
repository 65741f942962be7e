"""What one transaction of a lander writes."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from streaming.landing.replays import Copy, Place
from streaming.transcode import Transcoded

IDENTITY = ("log_id", "partition", "offset", "recorded_at", "landed_at", "schema_id")
"""The columns with which each row says where it comes from."""


@dataclass(slots=True)
class Batch:
    """What one transaction writes: rows per topic, dead letters, and their announcements.

    `laid_out` are rows that are COPY streams already, `rows` those that went the slow way.
    `copies` are the records by which dead letters are replayed, first ones and further ones.
    `buried` counts new dead letters by topic and why, without replays that failed again.
    """

    copies: Mapping[Place, Copy] = field(default_factory=dict)
    laid_out: dict[str, Transcoded] = field(default_factory=dict)
    rows: dict[str, list[Sequence[Any]]] = field(default_factory=dict)
    further: list[Sequence[Any]] = field(default_factory=list)
    dead: list[Sequence[Any]] = field(default_factory=list)
    outbox: list[tuple[UUID, str, bytes, dict[str, str]]] = field(default_factory=list)
    buried: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def landed(self) -> int:
        slowly = sum(len(rows) for rows in self.rows.values())
        return slowly + sum(one.rows for one in self.laid_out.values())

    @property
    def topics(self) -> set[str]:
        """Whose tables have new rows."""
        return self.rows.keys() | {name for name, one in self.laid_out.items() if one.rows}
