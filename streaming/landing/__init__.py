"""Lands every record once: rows, dead letters and next offsets in one fenced transaction."""

from streaming.landing.batch import Batch
from streaming.landing.budget import Budget
from streaming.landing.lander import Lander
from streaming.landing.sorting import Sort

__all__ = ["Batch", "Budget", "Lander", "Sort"]
