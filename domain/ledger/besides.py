"""What is booked beside the way of a claim: vouchers, receivables, care, refunds, recourse.

Amounts are positive minor units; the same occasion told twice adds nothing.
"""

from domain.ledger.accounts import place
from domain.ledger.errors import LedgerBroken, Overdrawn
from domain.ledger.moves import moved
from domain.ledger.position import standing
from domain.ledger.posting import Posting, Transaction, TransactionKind
from domain.ledger.unwinding import Step, move
from domain.ledger.writing import Books, Occasion, told_before, write


def voucher(
    books: Books, minor: int, currency: str, consent_sha256: str, occasion: Occasion
) -> list[Transaction]:
    """A voucher instead of money: discharges only with the passenger's signed consent (CO-21)."""
    if not consent_sha256:
        raise LedgerBroken("a voucher discharges only with signed consent: name the document")
    words = f"Voucher with consent {consent_sha256[:12]}"
    return moved(books, "voucher", words, ("approved",), "voucher", minor, currency, occasion)


def voucher_used(books: Books, minor: int, currency: str, occasion: Occasion) -> list[Transaction]:
    """A voucher was flown on."""
    return moved(
        books, "voucher_use", "Voucher used", ("voucher",), "voucher-revenue", minor, currency,
        occasion,
    )  # fmt: skip


def voucher_lapsed(
    books: Books, minor: int, currency: str, occasion: Occasion
) -> list[Transaction]:
    """A voucher lapsed unused."""
    return moved(
        books, "voucher_lapse", "Voucher lapsed", ("voucher",), "voucher-breakage", minor, currency,
        occasion,
    )  # fmt: skip


def repaid(books: Books, minor: int, currency: str, occasion: Occasion) -> list[Transaction]:
    """The passenger paid back what was not owed."""
    return _to(
        books, "repayment", "Paid back by the passenger", "cash", "repayment-receivable",
        minor, currency, occasion,
    )  # fmt: skip


def let_go(books: Books, minor: int, currency: str, occasion: Occasion) -> list[Transaction]:
    """A sum that was not owed is not asked back."""
    return _to(
        books, "goodwill", "Not asked back", place("goodwill"), "repayment-receivable",
        minor, currency, occasion,
    )  # fmt: skip


def set_off_across(
    books: Books, had_minor: int, had: str, owed_minor: int, owed: str, occasion: Occasion
) -> list[Transaction]:
    """What the passenger has in one currency discharges what is owed in another.

    Both amounts are given: the rate is a person's decision under a contract, not ours. Raises
    Overdrawn where the passenger has less, or is owed less.
    """
    if told_before(books, "set_off", occasion):
        return []
    position = books.position
    there = position.debit("repayment-receivable", had)
    if had_minor > there:
        raise Overdrawn("in the passenger's hands", had_minor, there, had)
    there = position.credit("probable", owed)
    if owed_minor > there:
        raise Overdrawn("probable", owed_minor, there, owed)
    lines, left = [], owed_minor
    for name, minor in position.accounts("probable", owed).items():
        part = min(left, -minor)
        lines += move(name, place("fx-position"), part, owed)
        left -= part
    lines += move(place("fx-position"), place("repayment-receivable"), had_minor, had)
    step = Step("set_off", f"Had in {had}, owed in {owed}", tuple(lines))
    return write(books, step, occasion)


def care(
    books: Books,
    regime: str,
    minor: int,
    currency: str,
    occasion: Occasion,
    words: str = "Care given",
    *,
    entitled: bool = True,
) -> list[Transaction]:
    """Meals, nights and transfers given, owed to who gave or paid for them (Art 9).

    What the passenger was not entitled to is owed to the supplier all the same, as goodwill.
    """
    debit = place("care", regime) if entitled else place("goodwill")
    return _aside(
        books, "care", words, debit, place("care-payable", regime), minor, currency, occasion
    )


def care_entitled(
    books: Books, regime: str, minor: int, currency: str, occasion: Occasion
) -> list[Transaction]:
    """Care given as goodwill turns out to have been owed; never the other way round (CO-16)."""
    if told_before(books, "reclassification", occasion):
        return []
    there = books.position.debit("goodwill", currency)
    if minor > there:
        raise Overdrawn("goodwill", minor, there, currency)
    lines = _lines(place("care", regime), place("goodwill"), minor, currency)
    return write(books, Step("reclassification", "Care was owed after all", lines), occasion)


def refund(
    books: Books, regime: str, minor: int, currency: str, occasion: Occasion
) -> list[Transaction]:
    """The passenger chose the fare back (Art 8)."""
    credit = place("refund-payable", regime, "art8")
    return _aside(
        books, "refund", "Fare chosen back", place("refund", regime), credit, minor, currency,
        occasion,
    )  # fmt: skip


def judgment(books: Books, minor: int, currency: str, occasion: Occasion) -> list[Transaction]:
    """Interest and costs awarded; never part of the sum of Art 7 (MO-06)."""
    return _aside(
        books, "judgment", "Interest and costs awarded", place("judgment"),
        place("judgment-payable"), minor, currency, occasion,
    )  # fmt: skip


def recover(
    books: Books, minor: int, currency: str, against: str, occasion: Occasion
) -> list[Transaction]:
    """Recourse against an airport, handler or organiser (Art 13), once it is as good as certain."""
    step = Step(
        "recovery",
        f"Recourse against {against}",
        tuple(move(place("recovery-receivable"), place("recovery-income"), minor, currency)),
    )
    return write(books, step, occasion)


def recovered(books: Books, minor: int, currency: str, occasion: Occasion) -> list[Transaction]:
    """The third party paid."""
    return _to(
        books, "recovery_receipt", "Recourse received", "cash", "recovery-receivable",
        minor, currency, occasion,
    )  # fmt: skip


def recovery_lost(books: Books, minor: int, currency: str, occasion: Occasion) -> list[Transaction]:
    """The third party will not pay."""
    return _to(
        books, "recovery_loss", "Recourse cannot be had", place("recovery-loss"),
        "recovery-receivable", minor, currency, occasion,
    )  # fmt: skip


def contingent(
    books: Books, regime: str, minor: int, currency: str, occasion: Occasion
) -> list[Transaction]:
    """Brings the memo of what a contested refusal may cost to `minor`; zero clears it (IAS 37)."""
    memo, contra = place("memo", regime), place("memo-contra")
    there = -books.position.accounts("memo", currency).get(memo, 0)
    change = minor - there
    if change == 0:
        return []
    lines = (
        move(contra, memo, change, currency)
        if change > 0
        else move(memo, contra, -change, currency)
    )
    return write(books, Step("contingent", "Contested: disclosed", tuple(lines)), occasion)


def _aside(
    books: Books, kind: TransactionKind, words: str, debit: str, credit: str,
    minor: int, currency: str, occasion: Occasion,
) -> list[Transaction]:  # fmt: skip
    if standing(books.booked) is not None:
        raise LedgerBroken(f"{kind} is an obligation of its own: give its event to the obligation")
    return write(books, Step(kind, words, _lines(debit, credit, minor, currency)), occasion)


def _to(
    books: Books, kind: TransactionKind, words: str, debit: str, role: str,
    minor: int, currency: str, occasion: Occasion,
) -> list[Transaction]:  # fmt: skip
    if told_before(books, kind, occasion):
        return []
    there = books.position.debit(role, currency)
    if minor > there:
        raise Overdrawn(role, minor, there, currency)
    return write(books, Step(kind, words, _lines(debit, place(role), minor, currency)), occasion)


def _lines(debit: str, credit: str, minor: int, currency: str) -> tuple[Posting, ...]:
    if minor <= 0:
        raise LedgerBroken(f"{minor} {currency}: amounts of a move are positive")
    return tuple(move(debit, credit, minor, currency))
