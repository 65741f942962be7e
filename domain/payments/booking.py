"""What the bank did, as transactions of the ledger."""

from datetime import datetime

from domain.ledger import Books, Occasion, Transaction, moves
from domain.payments.instruction import Instruction
from domain.payments.matching import Outcome


def sent(instruction: Instruction, books: Books, at: datetime) -> list[Transaction]:
    """An instruction leaves in a file. Raises Overdrawn where so much is not payable (any more)."""
    occasion = Occasion(at, f"sent/{instruction.instruction_id}")
    return moves.send(books, instruction.owed_minor, instruction.owed_currency, occasion)


def booked(
    instruction: Instruction, outcome: Outcome, books: Books, at: datetime
) -> list[Transaction]:
    """What an outcome books: nothing while the bank only has it; told twice it is booked once."""
    occasion = Occasion(at, outcome.reference, "bank")
    if outcome.status == "rejected":
        return moves.reject(books, instruction.owed_minor, instruction.owed_currency, occasion)
    if outcome.settlement is None:
        return []
    if outcome.status == "executed":
        return moves.settle(books, outcome.settlement, occasion)
    return moves.give_back(books, outcome.settlement, occasion)
