"""What a claim refuses."""

from collections.abc import Iterable


class ClaimRefused(Exception):
    """An event that may not happen to this claim."""


class IllegalMove(ClaimRefused):
    """A move that this state does not know, or not of this role."""

    def __init__(self, state: str, move: str, role: str, may: Iterable[str]) -> None:
        self.state, self.move, self.role = state, move, role
        self.allowed = tuple(may)
        choice = ", ".join(self.allowed) or "nothing"
        super().__init__(f"{state}: {role} may not {move}; allowed to {role} here: {choice}")
