"""Brings a cluster's topics to what is declared, as far as nothing is lost and no key moves.

What differs is found here; the talking to Kafka is in `streaming.broker`.
"""

from streaming.provisioning.apply import Applied, apply
from streaming.provisioning.errors import GrowthRefused, NotDrained
from streaming.provisioning.growing import Grown, grow
from streaming.provisioning.plan import Plan, plan

__all__ = ["Applied", "Grown", "GrowthRefused", "NotDrained", "Plan", "apply", "grow", "plan"]
