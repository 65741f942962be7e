"""What banks say, matched to what we instructed; the rest goes to a person with the reason.

Nothing is guessed: an amount that differs, a payment nobody knows, an answer that contradicts an
earlier one are handed on. The same answer read twice changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from domain.ledger.moves import Settlement
from domain.payments.answers import Answer, Movement
from domain.payments.batch import Batch
from domain.payments.instruction import Instruction, Status


@dataclass(frozen=True, slots=True)
class Sent:
    """An instruction and how far it is known to be."""

    instruction: Instruction
    status: Status


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer made of an instruction; `settlement` is what the ledger books of it.

    `reference` names the bank's fact: for the ledger it is the occasion.
    """

    instruction_id: UUID
    status: Status
    reference: str
    reason: str = ""
    settlement: Settlement | None = None
    booked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Unmatched:
    """What a person must look at, and why."""

    what: Answer | Movement
    why: str


@dataclass(slots=True)
class Reconciliation:
    """Outcomes in the order they follow from each other, and what is left."""

    outcomes: list[Outcome] = field(default_factory=list)
    unmatched: list[Unmatched] = field(default_factory=list)


# What a status may become; a bank may tell `accepted` late, which is no step back.
_NEXT: dict[Status, tuple[Status, ...]] = {
    "made": (),
    "sent": ("accepted", "executed", "rejected"),
    "accepted": ("executed", "rejected"),
    "executed": ("returned",),
    "rejected": (),
    "returned": (),
}
_PASSED: dict[Status, tuple[Status, ...]] = {
    "executed": ("accepted",),
    "returned": ("accepted", "executed"),
}


class _Known:
    """Instructions by what banks call them, with the status so far."""

    def __init__(self, sent: Iterable[Sent], batches: Iterable[Batch]) -> None:
        self.instructions = {one.instruction.end_to_end_id: one.instruction for one in sent}
        self.status = {one.instruction.end_to_end_id: one.status for one in sent}
        self.batches = {one.message_id: one for one in batches}

    def step(self, end_to_end_id: str, to: Status) -> str | None:
        """Move on; returns why not, and an empty text where there is nothing to do."""
        now = self.status[end_to_end_id]
        if now == to or to in _PASSED.get(now, ()):
            return ""
        if to not in _NEXT[now]:
            return f"it is {now} and cannot become {to}"
        self.status[end_to_end_id] = to
        return None


def answered(
    answers: Sequence[Answer], sent: Sequence[Sent], batches: Sequence[Batch] = ()
) -> Reconciliation:
    """Outcomes of a status report. An answer for one transfer outweighs that for its message.

    That a bank says executed books nothing: money is what moved on the account (`reconciled`).
    """
    known, result = _Known(sent, batches), Reconciliation()
    singled = {one.end_to_end_id for one in answers if one.end_to_end_id is not None}
    for answer in answers:
        why = None
        ids = [answer.end_to_end_id]
        if answer.end_to_end_id is None:
            whole = known.batches.get(answer.message_id)
            ids = [one.end_to_end_id for one in whole.instructions] if whole else []
            ids = [one for one in ids if one not in singled]
            why = None if whole else "no batch of ours has this message id"
        if answer.verdict == "unknown":
            why = f"status {answer.code} is not known"
        for end_to_end_id in ids if why is None else ():
            if end_to_end_id is None or end_to_end_id not in known.instructions:
                why = "no instruction of ours has this end-to-end id"
                continue
            to: Status = "rejected" if answer.verdict == "rejected" else "accepted"
            refused = known.step(end_to_end_id, to)
            if refused is None:
                reference = f"{answer.message_id}/{end_to_end_id}/{to}"
                identity = known.instructions[end_to_end_id].instruction_id
                result.outcomes.append(Outcome(identity, to, reference, answer.reason))
            elif refused:
                why = refused
        if why is not None:
            result.unmatched.append(Unmatched(answer, why))
    return result


def reconciled(
    movements: Sequence[Movement], sent: Sequence[Sent], batches: Sequence[Batch] = (),
    seen: frozenset[UUID] = frozenset(),
) -> Reconciliation:  # fmt: skip
    """Outcomes of a notification; debits before credits, since a return follows its payment.

    `seen` are the movements that were matched before: they are passed over.
    """
    known, result = _Known(sent, batches), Reconciliation()
    done = set(seen)
    for movement in sorted(movements, key=lambda one: not one.outgoing):
        if movement.movement_id in done:
            continue
        done.add(movement.movement_id)
        found = _whole(movement, known) if movement.end_to_end_id is None else None
        parts = found if found is not None else [movement]
        if found == []:
            result.unmatched.append(Unmatched(movement, "it is of no batch of ours, by its sum"))
        for part in parts:
            outcome = _outcome(part, known)
            if isinstance(outcome, str):
                result.unmatched.append(Unmatched(part, outcome))
            else:
                result.outcomes.append(outcome)
    return result


def _whole(movement: Movement, known: _Known) -> list[Movement]:
    """One sum for a batch as a movement for each instruction; none where it is not that sum."""
    batch = known.batches.get(movement.batch_reference or "")
    if batch is None or not movement.outgoing:
        return []
    waiting = [
        one
        for one in batch.instructions
        if known.status.get(one.end_to_end_id) in ("sent", "accepted")
    ]
    if (sum(one.pay_minor for one in waiting), batch.currency) != (
        movement.minor,
        movement.currency,
    ):
        return []
    return [
        Movement(
            movement.movement_id, one.end_to_end_id, None, True, one.pay_minor, one.pay_currency,
            movement.booked_on, None,
        )
        for one in waiting
    ]  # fmt: skip


def _outcome(movement: Movement, known: _Known) -> Outcome | str:
    instruction = known.instructions.get(movement.end_to_end_id or "")
    if instruction is None:
        return "no instruction of ours has this end-to-end id"
    settlement = _settlement(movement, instruction)
    if isinstance(settlement, str):
        return settlement
    to: Status = "executed" if movement.outgoing else "returned"
    if known.status[instruction.end_to_end_id] == to:
        return f"it is {to} already: the bank moved money twice"
    refused = known.step(instruction.end_to_end_id, to)
    if refused is not None:
        return refused or f"it is {known.status[instruction.end_to_end_id]} already"
    reference = f"{movement.movement_id}/{instruction.end_to_end_id}"
    reason = movement.return_reason or ""
    return Outcome(
        instruction.instruction_id, to, reference, reason, settlement, movement.booked_on
    )


def _settlement(movement: Movement, instruction: Instruction) -> Settlement | str:
    owed = (instruction.owed_minor, instruction.owed_currency)
    paid = (instruction.pay_minor, instruction.pay_currency)
    cash = (movement.minor, movement.currency)
    if movement.minor <= 0:
        return "nothing moved"
    if movement.currency == instruction.pay_currency:
        kept = paid[0] - movement.minor
        if (movement.outgoing and kept != 0) or kept < 0:
            return f"{movement.minor} {movement.currency} moved, {paid[0]} was instructed"
        # What a returned payment lacks, the banks on its way kept.
        return Settlement(*owed, *cash, paid[0], kept)
    if movement.currency == instruction.owed_currency:
        return Settlement(*owed, *cash, owed[0])
    return f"{movement.currency} is neither owed nor instructed"
