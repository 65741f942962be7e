"""What was done to sealed books: changed, missing or inserted, named by transaction."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from domain.ledger.entry import Entry
from domain.ledger.merkle import leaf_hash, root
from domain.ledger.seal import GENESIS, Leaf, Seal, sound

What = Literal["changed", "missing", "inserted", "moved", "leaves", "chain"]


@dataclass(frozen=True, slots=True)
class Tampering:
    """One thing that is not as it was sealed."""

    what: What
    seal: int
    words: str
    transaction_id: UUID | None = None


def examined(
    sealed: Seal, leaves: Sequence[Leaf], entries: Sequence[Entry]
) -> tuple[Tampering, ...]:
    """What differs between a sealed batch and the books now.

    `entries` are the rows with a sequence in the batch, and whatever else carries the id of one
    of its transactions. The leaves are held against the root first: with leaves that lead
    elsewhere nothing can be named, and only that is said.
    """
    digests = [bytes.fromhex(leaf.digest) for leaf in leaves]
    sequences = [leaf.sequence for leaf in leaves]
    if sequences != list(range(sealed.first, sealed.last + 1)) or root(digests).hex() != (
        sealed.root
    ):
        words = f"the leaves kept of seal {sealed.number} do not lead to its root"
        return (Tampering("leaves", sealed.number, words),)
    found = [*_rows(sealed, leaves, entries)]
    there = {entry.transaction_id for entry in entries}
    found += [
        Tampering(
            "missing",
            sealed.number,
            f"transaction {leaf.transaction_id} was sealed at {leaf.sequence} and is gone",
            leaf.transaction_id,
        )
        for leaf in leaves
        if leaf.transaction_id not in there
    ]
    return tuple(found)


def _rows(sealed: Seal, leaves: Sequence[Leaf], entries: Sequence[Entry]) -> list[Tampering]:
    by_id = {leaf.transaction_id: leaf for leaf in leaves}
    times = Counter(entry.transaction_id for entry in entries)
    found = []
    for entry in entries:
        name = f"transaction {entry.transaction_id}"
        leaf = by_id.get(entry.transaction_id)
        if leaf is None:
            what: What = "inserted"
            words = f"{name} stands at {entry.sequence} and was not sealed there"
        elif entry.sequence != leaf.sequence:
            # A second row with a sealed id is no move: the true one may still be there.
            what = "inserted" if times[entry.transaction_id] > 1 else "moved"
            words = f"{name} was sealed at {leaf.sequence} and stands at {entry.sequence}"
        elif leaf_hash(entry.canonical()).hex() != leaf.digest:
            what, words = "changed", f"{name} is not what was sealed at {leaf.sequence}"
        else:
            continue
        found.append(Tampering(what, sealed.number, words, entry.transaction_id))
    return found


def chain_examined(seals: Sequence[Seal], head: str | None = None) -> tuple[Tampering, ...]:
    """What is wrong with the chain of seals, oldest first.

    `head` is one that was kept elsewhere: without it nobody can tell that the latest seals, or
    all of them, were made anew.
    """
    found = []
    previous, number, first = GENESIS, 1, seals[0].first if seals else 0
    for sealed in seals:
        if not sound(sealed):
            words = f"seal {sealed.number} says something else than its head"
        elif sealed.previous != previous or sealed.number != number:
            words = f"seal {sealed.number} does not follow seal {number - 1}"
        elif sealed.first != first:
            words = f"seal {sealed.number} begins at {sealed.first} instead of {first}"
        else:
            words = ""
        if words:
            found.append(Tampering("chain", sealed.number, words))
        previous, number, first = sealed.head, sealed.number + 1, sealed.last + 1
    if head is not None and head not in {sealed.head for sealed in seals}:
        found.append(Tampering("chain", 0, f"no seal has the head that was kept: {head}"))
    return tuple(found)
