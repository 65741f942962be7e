"""Reading what a bank says: placed, booked and told to the claims in one transaction a file."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.claims import ClaimEvent, ClaimRefused
from domain.identity import name_uuid
from domain.ledger import Books, LedgerBroken
from domain.payments import (
    Answer,
    Batch,
    Instruction,
    Movement,
    Outcome,
    Reconciliation,
    Sent,
    UntrustedFile,
    answered,
    batch,
    read_answers,
    read_movements,
    reconciled,
)
from domain.payments.booking import booked
from streaming.desk.claims import hold, post, standing, told
from streaming.store import claims as stored_claims
from streaming.store import payments as stored
from streaming.store.database import Connection
from streaming.store.derive_ledger import already_booked

TELLS = {"executed": "pay", "rejected": "give_back", "returned": "give_back"}
"""What an outcome is for the claim."""


@dataclass(frozen=True, slots=True)
class ReadIn:
    """What came of a file: outcomes by what they are, and how many answers a person must see."""

    kind: str
    read_before: bool
    outcomes: dict[str, int]
    unmatched: int


def read(connection: Connection, content: bytes, actor: str, at: datetime) -> ReadIn:
    """Take in a pain.002 or camt.054; the same file again changes nothing.

    Raises UntrustedFile, and Behind while a claim's newest assessment is not booked: read it again.
    """
    kind, told_of = _parsed(content)
    sha256 = hashlib.sha256(content).hexdigest()
    with connection.transaction():
        hold(connection)
        if stored.read_before(connection, sha256):
            return ReadIn(kind, True, {}, 0)
        stored.write_file(connection, sha256, kind, actor)
        result = _matched(connection, told_of)
        counts: dict[str, int] = {}
        for outcome in result.outcomes:
            counts[outcome.status] = counts.get(outcome.status, 0) + 1
            _take(connection, outcome, sha256, at)
        for one in result.unmatched:
            _hand_on(connection, sha256, one.what, one.why)
        moved = [one for one in told_of if isinstance(one, Movement)]
        unplaced = {
            one.what.movement_id for one in result.unmatched if isinstance(one.what, Movement)
        }
        stored.write_movements(
            connection, sha256, [one for one in moved if one.movement_id not in unplaced]
        )
    return ReadIn(kind, False, counts, len(result.unmatched))


def _parsed(content: bytes) -> tuple[str, Sequence[Answer] | Sequence[Movement]]:
    wrong = []
    for kind, reader in (("pain.002", read_answers), ("camt.054", read_movements)):
        try:
            return kind, reader(content)
        except UntrustedFile as error:
            wrong.append(f"as {kind}: {error}")
    raise UntrustedFile("; ".join(wrong))


def _matched(
    connection: Connection, told_of: Sequence[Answer] | Sequence[Movement]
) -> Reconciliation:
    ids = {found for one in told_of if (found := _uuid(one.end_to_end_id))}
    of_batches = {found for one in told_of if (found := _uuid(_batch_reference(one)))}
    members = stored.in_batches(connection, of_batches)
    sent = {one.instruction.instruction_id: one for one in stored.by_id(connection, ids)}
    sent |= {one.instruction.instruction_id: one for _, one in members}
    batches = _batches(stored.batches(connection, of_batches), members)
    answers = [one for one in told_of if isinstance(one, Answer)]
    if answers:
        return answered(answers, list(sent.values()), batches)
    movements = [one for one in told_of if isinstance(one, Movement)]
    known = stored.seen(connection, [one.movement_id for one in movements])
    return reconciled(movements, list(sent.values()), batches, known)


def _batch_reference(one: Answer | Movement) -> str | None:
    return one.message_id if isinstance(one, Answer) else one.batch_reference


def _batches(
    kept: Iterable[stored.StoredBatch], members: Iterable[tuple[UUID, Sent]]
) -> list[Batch]:
    of: dict[UUID, list[Instruction]] = {}
    for batch_id, one in members:
        of.setdefault(batch_id, []).append(one.instruction)
    return [batch(one.debtor, of[one.batch_id]) for one in kept]


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(hex=text) if text else None
    except ValueError:
        return None


def _take(connection: Connection, outcome: Outcome, sha256: str, at: datetime) -> None:
    """One outcome: the instruction moves on, the books and the claim hear of it.

    What the claim refuses is booked all the same, since money moved, and a person is told.
    """
    [sent] = stored.by_id(connection, [outcome.instruction_id])
    one = sent.instruction
    stored.move_on(
        connection, one.instruction_id, outcome.status, outcome.reference, outcome.reason
    )
    now = standing(connection, one.obligation_key)
    carried = already_booked(connection, [one.obligation_key])[one.obligation_key]
    if outcome.status in TELLS:
        try:
            told(connection, _event(one, outcome, at))
        except ClaimRefused as refused:
            _hand_on(connection, sha256, outcome, f"the claim does not take it: {refused}")
    place = stored_claims.places_of(connection, one.obligation_key)[-1]
    try:
        post(connection, booked(one, outcome, Books(now.obligation, carried, now.basis), at), place)
    except LedgerBroken as refused:
        _hand_on(connection, sha256, outcome, f"the books do not take it: {refused}")


def _event(one: Instruction, outcome: Outcome, at: datetime) -> ClaimEvent:
    return ClaimEvent(
        event_id=name_uuid("bank said", outcome.reference, outcome.status),
        obligation_key=one.obligation_key,
        kind=TELLS[outcome.status],
        occurred_at=at,
        actor="bank",
        role="bank",
        reference=outcome.reference,
        reason=outcome.reason or outcome.status,
    )


def _hand_on(
    connection: Connection, sha256: str, what: Answer | Movement | Outcome, why: str
) -> None:
    told_of: dict[str, Any] = {
        name: value if value is None or isinstance(value, int) else str(value)
        for name, value in asdict(what).items()
    }
    unmatched_id = name_uuid("unmatched", *sorted(f"{k}={v}" for k, v in told_of.items()), why)
    stored.write_unmatched(connection, unmatched_id, sha256, told_of, why)
