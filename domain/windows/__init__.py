"""Windows of event time over what an ordering buffer releases; the same live and in batch."""

from domain.windows.windows import EPOCH, Closed, Windows

__all__ = ["EPOCH", "Closed", "Windows"]
