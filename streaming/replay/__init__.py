"""Replays time-ordered events onto the topics at compressed time, with clocks and faults."""

from streaming.replay.clocks import Clocks
from streaming.replay.faults import Faults
from streaming.replay.replay import Pace, Sent, replay

__all__ = ["Clocks", "Faults", "Pace", "Sent", "replay"]
