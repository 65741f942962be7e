"""Double entry for what passengers are owed: accounts as data, balanced transactions, bookings.

Knows neither law (`domain.passenger_rights`) nor database; the books are append-only, so a change
is a reversal and a new posting, never an edit.
"""

from domain.ledger import besides, moves
from domain.ledger.accounts import Account, account, chart, place
from domain.ledger.book import book
from domain.ledger.errors import LedgerBroken, NothingOwed, Overdrawn, Unbalanced, UnknownAccount
from domain.ledger.moves import Settlement
from domain.ledger.obligation import Obligation, assessment_id, obligation_key, revision
from domain.ledger.position import Booked, Position
from domain.ledger.posting import Posting, Transaction, TransactionKind
from domain.ledger.provisions import Uptake, provide, uptake
from domain.ledger.writing import Basis, Books, Occasion

__all__ = [
    "Account",
    "Basis",
    "Booked",
    "Books",
    "LedgerBroken",
    "NothingOwed",
    "Obligation",
    "Occasion",
    "Overdrawn",
    "Position",
    "Posting",
    "Settlement",
    "Transaction",
    "TransactionKind",
    "Unbalanced",
    "UnknownAccount",
    "Uptake",
    "account",
    "assessment_id",
    "besides",
    "book",
    "chart",
    "moves",
    "obligation_key",
    "place",
    "provide",
    "revision",
    "uptake",
]
