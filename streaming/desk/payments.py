"""Paying: an approved claim is scheduled, leaves in a batch, and its file is written.

Bank details are sealed before they are kept, and opened for the moment in which a file is written.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from domain.claims import Claim, ClaimEvent, ClaimRefused
from domain.identity import name_uuid
from domain.ledger import Books, Overdrawn
from domain.payments import (
    BankDetails,
    Batch,
    Debtor,
    Instruction,
    PaymentRefused,
    Rate,
    batch,
    instruct,
    next_attempt,
    pain001,
    table,
)
from domain.payments.booking import sent
from streaming.desk.claims import hold, post, standing, told
from streaming.keyring import Keyring
from streaming.keyring.keyring import Destroyed
from streaming.store import claims as stored_claims
from streaming.store import payments as stored
from streaming.store.database import Connection
from streaming.store.derive_ledger import already_booked

MOST_IN_A_BATCH = 5_000
PURPOSE = "pay compensation"
ERASED = "the passenger was erased"
Formatted = Callable[[Batch, Debtor, Mapping[UUID, BankDetails], datetime], str]
FORMATS: dict[str, Formatted] = {
    "pain.001": pain001,
    "csv": lambda made, debtor, details, created_at: table(made, details),
}


@dataclass(frozen=True, slots=True)
class Payout:
    """Where the money goes, when, and at which rate where it is another currency's."""

    details: BankDetails
    due_on: date
    rate: Rate | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """A batch that left, its file, and the instructions that did not, with why."""

    batch: stored.StoredBatch
    payments: int
    total_minor: int
    content: str
    left_out: tuple[tuple[UUID, str], ...]


def schedule(
    connection: Connection, keyring: Keyring, obligation_key: UUID, payout: Payout, actor: str,
    at: datetime,
) -> tuple[Claim, Instruction]:  # fmt: skip
    """Schedule what is approved for payment. Raises as `tell` does, and PaymentRefused."""
    with connection.transaction():
        hold(connection)
        now = standing(connection, obligation_key)
        so_far = stored.attempts(connection, obligation_key)
        attempt = next_attempt(so_far, more_is_owed=now.claim.approved_minor > 0)
        currency = now.claim.currency
        if now.claim.approved_minor == 0 or currency is None:
            raise ClaimRefused(f"{now.claim.state}: nothing is approved: approve it first")
        ref = now.obligation.passenger_ref
        [details] = keyring.seal_more([(ref, payout.details.model_dump_json().encode())])
        if details is None:
            raise PaymentRefused("the passenger was erased: there is nobody to pay")
        made = instruct(
            obligation_key, ref, attempt, now.claim.approved_minor, currency, payout.due_on,
            details, payout.rate,
        )  # fmt: skip
        claim = told(
            connection,
            ClaimEvent(
                event_id=name_uuid("scheduled", made.instruction_id),
                obligation_key=obligation_key, kind="schedule", occurred_at=at, actor=actor,
                role="agent", reference=str(made.instruction_id),
            ),
        )  # fmt: skip
        stored.write_instruction(connection, made)
    return claim, made


def export(
    connection: Connection, keyring: Keyring, debtor: Debtor, due: stored.Due, form: str,
    actor: str, at: datetime,
) -> Exported | None:  # fmt: skip
    """Let what is due on a day in a currency leave in one batch; None when nothing can.

    The batch is committed before its file is given out: a file that is lost is written again by
    `rewrite`, and is the same. What is not payable any more, and what nobody can open, is left
    out, and is withdrawn.
    """
    found = stored.made(connection, due.due_on, due.currency, MOST_IN_A_BATCH)
    opened = _open(keyring, found, actor)
    leaving, left_out = [], list[tuple[UUID, str]]()
    with connection.transaction():
        hold(connection)
        there = {one.instruction_id for one in stored.made(
            connection, due.due_on, due.currency, MOST_IN_A_BATCH
        )}  # fmt: skip
        for one in found:
            if one.instruction_id not in there:
                continue  # somebody else was quicker
            erased = one.instruction_id not in opened
            why = ERASED if erased else _send(connection, one, at)
            if why is None:
                leaving.append(one)
                continue
            left_out.append((one.instruction_id, why))
            _end(connection, one, why, actor, at)
        if not leaving:
            return None
        whole = batch(debtor.account.name, leaving)
        created_at = at.replace(microsecond=0)
        content = FORMATS[form](whole, debtor, opened, created_at)
        kept = stored.StoredBatch(
            whole.batch_id, whole.debtor, whole.currency, whole.due_on, created_at, actor, form,
            _hash(content),
        )  # fmt: skip
        stored.write_batch(connection, kept, leaving)
    return Exported(kept, len(leaving), whole.total_minor, content, tuple(left_out))


def rewrite(
    connection: Connection, keyring: Keyring, debtor: Debtor, kept: stored.StoredBatch, actor: str
) -> str:
    """The file of a batch that left, byte for byte by its hash. Raises PaymentRefused."""
    found = [one.instruction for _, one in stored.in_batches(connection, [kept.batch_id])]
    opened = _open(keyring, found, actor)
    if gone := len(found) - len(opened):
        raise PaymentRefused(f"{gone} of its passengers were erased since it left")
    whole = batch(kept.debtor, found)
    content = FORMATS[kept.format](whole, debtor, opened, kept.created_at)
    if _hash(content) != kept.file_sha256:
        raise PaymentRefused(
            f"with this account it would be another file than the one that left from {kept.debtor}"
        )
    return content


def cancel(connection: Connection, obligation_key: UUID, why: str) -> None:
    """End an instruction that has not left; within a transaction that holds the books."""
    under_way = stored.under_way(connection, obligation_key)
    if under_way is not None and under_way.status == "made":
        instruction_id = under_way.instruction.instruction_id
        stored.move_on(connection, instruction_id, "rejected", "withdrawn", why)


def withdraw(connection: Connection, event: ClaimEvent) -> Claim:
    """Take back what was approved or scheduled, with the instruction where it has not left."""
    with connection.transaction():
        hold(connection)
        claim = told(connection, event)
        cancel(connection, event.obligation_key, event.reason or "")
    return claim


def _open(keyring: Keyring, found: Sequence[Instruction], actor: str) -> dict[UUID, BankDetails]:
    """Opened details by instruction; those of erased passengers nobody can open any more."""
    sealed = [(one.passenger_ref, one.details) for one in found]
    plain = keyring.open_more(sealed, actor=actor, purpose=PURPOSE) if sealed else []
    return {
        one.instruction_id: BankDetails.model_validate_json(said)
        for one, said in zip(found, plain, strict=True)
        if not isinstance(said, Destroyed)
    }


def _send(connection: Connection, one: Instruction, at: datetime) -> str | None:
    """Book that an instruction leaves, or say why it cannot."""
    now = standing(connection, one.obligation_key)
    carried = already_booked(connection, [one.obligation_key])[one.obligation_key]
    try:
        made = sent(one, Books(now.obligation, carried, now.basis), at)
    except Overdrawn as refused:
        return f"not payable any more: {refused}"
    post(connection, made, stored_claims.places_of(connection, one.obligation_key)[-1])
    return None


def _end(connection: Connection, one: Instruction, why: str, actor: str, at: datetime) -> None:
    """An instruction that will not leave, and the claim that scheduled it."""
    if standing(connection, one.obligation_key).claim.state == "scheduled":
        event = ClaimEvent(
            event_id=name_uuid("withdrawn", one.instruction_id),
            obligation_key=one.obligation_key, kind="withdraw", occurred_at=at, actor=actor,
            role="agent", reason=why,
        )  # fmt: skip
        told(connection, event)
    cancel(connection, one.obligation_key, why)


def _hash(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()
