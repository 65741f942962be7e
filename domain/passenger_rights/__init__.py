"""What EU261 and UK261 give a passenger: dated law as data, `assess(facts)` as the one entry.

No bookings and no money movements here: see `domain.passengers` and `domain.ledger`.
"""

from domain.passenger_rights.assess import assess
from domain.passenger_rights.assessment import Assessment, OtherRegime
from domain.passenger_rights.errors import RulesBroken
from domain.passenger_rights.facts import RightsFacts
from domain.passenger_rights.rulebooks import digests

__all__ = ["Assessment", "OtherRegime", "RightsFacts", "RulesBroken", "assess", "digests"]
