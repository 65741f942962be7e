"""Lands every record once: rows, dead letters and next offsets in one fenced transaction."""

from streaming.landing.batch import Batch, Sort
from streaming.landing.lander import Lander

__all__ = ["Batch", "Lander", "Sort"]
