"""What an operator does with dead letters: open them, send them once more, put them aside.

How records become dead letters is streaming.landing's; what is kept of them, streaming.store's.
"""

from streaming.dead_letters.opening import Opened, Opening
from streaming.dead_letters.replaying import Replayed, Replaying

__all__ = ["Opened", "Opening", "Replayed", "Replaying"]
