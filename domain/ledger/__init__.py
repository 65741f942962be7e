"""Double entry for what passengers are owed: accounts as data, balanced transactions, bookings.

Knows neither law (`domain.passenger_rights`) nor database; the books are append-only, so a change
is a reversal and a new posting, never an edit.
"""

from domain.ledger.accounts import Account, account, chart
from domain.ledger.book import Booked, book
from domain.ledger.errors import LedgerBroken, Unbalanced, UnknownAccount
from domain.ledger.obligation import Obligation, assessment_id, obligation_key, revision
from domain.ledger.posting import Posting, Transaction

__all__ = [
    "Account",
    "Booked",
    "LedgerBroken",
    "Obligation",
    "Posting",
    "Transaction",
    "Unbalanced",
    "UnknownAccount",
    "account",
    "assessment_id",
    "book",
    "chart",
    "obligation_key",
    "revision",
]
