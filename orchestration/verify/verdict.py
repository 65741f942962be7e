"""What one check says: whether its invariant holds, on how much, and where it is broken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Verdict:
    """`checked` counts what was looked at, in the unit that `invariant` names.

    `counts` are further figures by name, for a summary.
    """

    name: str
    invariant: str
    checked: int
    broken: Sequence[str]
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return not self.broken

    def shown(self) -> list[str]:
        """The first broken places, and how many more there are."""
        rest = len(self.broken) - MOST_SHOWN
        return [*self.broken[:MOST_SHOWN], *([f"and {rest} more"] if rest > 0 else [])]
