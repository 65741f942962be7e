"""What goes wrong, by type, and what is done about each: the same for all workers.

Records that cannot be landed are streaming.landing's; here it is about the process as a whole.
"""

from streaming.failures.classify import kind_of
from streaming.failures.kinds import RECOVERIES, Kind, Recovery
from streaming.failures.retrying import Retrying

__all__ = ["RECOVERIES", "Kind", "Recovery", "Retrying", "kind_of"]
