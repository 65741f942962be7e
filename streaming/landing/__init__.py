"""Lands every record once: rows, dead letters and next offsets in one fenced transaction."""

from streaming.landing.batch import Batch, Sort
from streaming.landing.budget import Budget
from streaming.landing.lander import Lander

__all__ = ["Batch", "Budget", "Lander", "Sort"]
