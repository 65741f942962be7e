"""The life of a claim: its states and moves as data, events that replay to where it stands.

Who is owed what is the law's answer (`domain.passenger_rights`), money is the books' (`ledger`),
and how it is paid is `payments`: here is what people did about it, and what they may do next.
"""

from domain.claims.claim import Claim, Dispute, Excuse
from domain.claims.deadlines import Deadlines, deadlines
from domain.claims.errors import ClaimRefused, IllegalMove
from domain.claims.events import ClaimEvent
from domain.claims.manifest import Correction, Manifest
from domain.claims.replay import apply, replay
from domain.claims.states import Move, allowed, moves

__all__ = [
    "Claim",
    "ClaimEvent",
    "ClaimRefused",
    "Correction",
    "Deadlines",
    "Dispute",
    "Excuse",
    "IllegalMove",
    "Manifest",
    "Move",
    "allowed",
    "apply",
    "deadlines",
    "moves",
    "replay",
]
