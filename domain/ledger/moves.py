"""The way of a claim through the books: approved, scheduled, with the bank, paid or back.

Every function reads what is booked and returns what to add; the same occasion told twice adds
nothing. Amounts are positive minor units. Each raises Overdrawn where more is to be moved than
is there, which is how nothing is paid above what was approved.
"""

from collections.abc import Callable
from typing import NamedTuple

from domain.ledger.accounts import account, place
from domain.ledger.errors import LedgerBroken, NothingOwed, Overdrawn
from domain.ledger.position import Position, standing
from domain.ledger.posting import Posting, Transaction, TransactionKind
from domain.ledger.provisions import released
from domain.ledger.unwinding import Step, move
from domain.ledger.writing import Books, Occasion, told_before, write

SCHEDULABLE = ("approved", "refund-payable", "judgment-payable", "care-payable")


class Settlement(NamedTuple):
    """What the bank did with a sum owed: `cash_minor` moved in the currency of the account.

    `value_minor` is what the sum owed is worth in that currency at the rate agreed with the
    passenger. Between the two lie `charges_minor`, what banks kept, and the difference of
    exchange, which is the rest.
    """

    owed_minor: int
    currency: str
    cash_minor: int
    cash_currency: str
    value_minor: int
    charges_minor: int = 0

    @classmethod
    def at_par(cls, minor: int, currency: str) -> "Settlement":
        """Paid in the currency it is owed in."""
        return cls(minor, currency, minor, currency, minor)


def moved(
    books: Books, kind: TransactionKind, words: str, roles: tuple[str, ...], to: str,
    minor: int, currency: str, occasion: Occasion,
) -> list[Transaction]:  # fmt: skip
    """From the accounts of some roles to that of another."""
    if told_before(books, kind, occasion):
        return []
    lines = _take(books.position, roles, lambda _: place(to), minor, currency)
    return write(books, Step(kind, words, tuple(lines)), occasion)


def claimed(books: Books, occasion: Occasion) -> list[Transaction]:
    """A claim came: the sum counts in full, nothing is expected to stay unclaimed."""
    return _last(books, released(books.position, "Claimed: the sum counts in full"), occasion)


def approve(books: Books, minor: int, currency: str, occasion: Occasion) -> list[Transaction]:
    """Probable becomes approved. Raises LedgerBroken while the passenger has another currency."""
    if told_before(books, "approval", occasion):
        return []
    position = books.position
    for other in position.currencies:
        if position.debit("repayment-receivable", other) and other != currency:
            raise LedgerBroken(
                f"the passenger still has {other} paid under another law: set it off first"
            )
    steps = released(position, "Approved: the sum counts in full")
    lines = _take(
        position,
        ("probable",),
        lambda name: place("approved", account(name).regime),
        minor,
        currency,
    )
    steps.append(Step("approval", "Approved for payment", tuple(lines)))
    return _last(books, steps, occasion)


def schedule(books: Books, minor: int, currency: str, occasion: Occasion) -> list[Transaction]:
    """Approved becomes payable."""
    return moved(
        books, "scheduling", "Scheduled", SCHEDULABLE, "payable", minor, currency, occasion
    )


def withdraw(books: Books, minor: int, currency: str, occasion: Occasion) -> list[Transaction]:
    """Approved or payable, and still owed, waits for approval again; what the bank has stays."""
    return _again(books, "withdrawal", ("payable", "approved"), minor, currency, occasion)


def reinstate(books: Books, minor: int, currency: str, occasion: Occasion) -> list[Transaction]:
    """A right that was let go is owed after all: a settlement reopened (NO-03), a limit not run."""
    return _again(books, "reinstatement", ("write-off",), minor, currency, occasion)


def send(books: Books, minor: int, currency: str, occasion: Occasion) -> list[Transaction]:
    """An instruction left for the bank: whatever is assessed now, only the bank can stop it."""
    return moved(
        books, "sending", "Handed to the bank", ("payable",), "in-transit", minor, currency,
        occasion,
    )  # fmt: skip


def settle(books: Books, settlement: Settlement, occasion: Occasion) -> list[Transaction]:
    """The bank executed what it had."""
    if told_before(books, "payment", occasion):
        return []
    lines = _take(
        books.position,
        ("in-transit",),
        lambda _: place("cash"),
        settlement.owed_minor,
        settlement.currency,
    )[::2]
    lines += _cash(settlement, -1)
    return write(books, Step("payment", "Executed by the bank", tuple(lines)), occasion)


def reject(books: Books, minor: int, currency: str, occasion: Occasion) -> list[Transaction]:
    """The bank refused an instruction before execution."""
    if told_before(books, "payment_return", occasion):
        return []
    position = books.position
    there = position.credit("in-transit", currency)
    if minor > there:
        raise Overdrawn("handed to the bank", minor, there, currency)
    lines = _back(position, place("in-transit"), minor, currency)
    return write(books, Step("payment_return", "Refused by the bank", tuple(lines)), occasion)


def give_back(books: Books, settlement: Settlement, occasion: Occasion) -> list[Transaction]:
    """A payment came back after execution; it pays a receivable first, the rest is owed again."""
    lines = _cash(settlement, 1)
    owed = _back(books.position, "cash", settlement.owed_minor, settlement.currency)
    lines += owed[1::2]
    return write(books, Step("payment_return", "Returned to us", tuple(lines)), occasion)


def write_off(
    books: Books, minor: int, currency: str, why: str, occasion: Occasion
) -> list[Transaction]:
    """The right lapsed, or the passenger settled for less: what is not with the bank is let go."""
    if told_before(books, "write_off", occasion):
        return []
    position = books.position
    steps = released(position, "Nothing is expected of a claim that lapsed")
    lines = _take(
        position, ("probable", "approved", "payable"), lambda _: place("write-off"), minor, currency
    )
    steps.append(Step("write_off", why, tuple(lines)))
    return _last(books, steps, occasion)


def _again(
    books: Books, kind: TransactionKind, roles: tuple[str, ...], minor: int, currency: str,
    occasion: Occasion,
) -> list[Transaction]:  # fmt: skip
    """Back to where the standing accrual put it: the article is that of the accrual."""
    stands = standing(books.booked)
    if stands is None:
        raise NothingOwed(kind)
    probable = next(
        line.account for line in stands.postings if account(line.account).role == "probable"
    )
    if told_before(books, kind, occasion):
        return []
    lines = _take(books.position, roles, lambda _: probable, minor, currency)
    return write(books, Step(kind, "Owed again, to be approved", tuple(lines)), occasion)


def _take(
    position: Position, roles: tuple[str, ...], to: Callable[[str], str], minor: int, currency: str
) -> list[Posting]:
    """Pairs of lines, debit first; `to` says for each account debited which one is credited."""
    if minor <= 0:
        raise LedgerBroken(f"{minor} {currency}: amounts of a move are positive")
    there = sum(position.credit(role, currency) for role in roles)
    if minor > there:
        raise Overdrawn(" and ".join(roles), minor, there, currency)
    lines, left = [], minor
    for role in roles:
        for name, balance in position.accounts(role, currency).items():
            part = min(left, -balance)
            lines += move(name, to(name), part, currency)
            left -= part
    return lines


def _back(position: Position, debit: str, minor: int, currency: str) -> list[Posting]:
    lines, left = [], minor
    for role in ("repayment-receivable", "goodwill"):
        part = min(left, position.debit(role, currency))
        lines += move(debit, place(role), part, currency)
        left -= part
    return lines + move(debit, place("payable"), left, currency)


def _cash(settlement: Settlement, sign: int) -> list[Posting]:
    """Cash out (-1) or in (+1), with charges and the difference of exchange; sums to what is owed.

    A charge is a cost either way: it makes more go out, or less come in.
    """
    owed, currency, cash, money, value, charges = settlement
    if min(owed, cash, value) <= 0 or charges < 0 or (money == currency and value != owed):
        raise LedgerBroken(f"{settlement} is no settlement: amounts are positive, par is par")
    exchange = -sign * (cash - value) - charges
    lines = [
        _line("cash", sign * cash, money),
        *(_line(place("bank-charges"), charges, money) for _ in range(bool(charges))),
        *(_line(place("fx-difference"), exchange, money) for _ in range(bool(exchange))),
    ]
    if money != currency:
        lines.append(_line(place("fx-position"), -sign * value, money))
        lines.append(_line(place("fx-position"), sign * owed, currency))
    return lines


def _line(name: str, minor: int, currency: str) -> Posting:
    return Posting(account=name, amount_minor=minor, currency=currency)


def _last(books: Books, steps: list[Step], occasion: Occasion) -> list[Transaction]:
    return [transaction for step in steps for transaction in write(books, step, occasion)]
