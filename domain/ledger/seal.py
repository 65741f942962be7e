"""Seals over batches of the books: a root for each, and a chain over the roots.

One sealer reads what is committed and appends seals; who books never waits for it. A seal binds
its batch to every one before it, so an old transaction cannot change, go or come without breaking
the chain from there on. Whoever can rewrite the books, the leaves and the chain alike is found
only by a head kept elsewhere: print it, sign it, give it to the auditor.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.identity import canonical_json
from domain.ledger.entry import Entry
from domain.ledger.errors import LedgerBroken
from domain.ledger.merkle import leaf_hash, path, root, root_by_path

GENESIS = hashlib.sha256(b"knockon ledger seals, form 1").hexdigest()
"""What the first seal follows."""

_HEAD = b"\x02"  # neither leaf nor node


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is kept of one sealed transaction, beside the books: hexadecimal SHA-256."""

    sequence: int
    transaction_id: UUID
    digest: str


@dataclass(frozen=True, slots=True)
class Seal:
    """One sealed batch: sequences `first` to `last`, both in it; `head` chains it to the rest."""

    number: int
    first: int
    last: int
    root: str
    previous: str
    head: str


@dataclass(frozen=True, slots=True)
class Proof:
    """That one transaction is in a sealed batch: the path from its leaf to the root."""

    transaction_id: UUID
    seal: Seal
    index: int
    path: tuple[str, ...]


def seal(entries: Sequence[Entry], after: Seal | None) -> tuple[Seal, tuple[Leaf, ...]]:
    """Seal the committed entries that follow the last seal, in the order of their sequence.

    Raises LedgerBroken where sequences are missing: what is sealed with a hole stays so for ever.
    """
    if not entries:
        raise LedgerBroken("nothing to seal: wait for a transaction")
    first = after.last + 1 if after else entries[0].sequence
    wanted = list(range(first, first + len(entries)))
    if [entry.sequence for entry in entries] != wanted:
        raise LedgerBroken(
            f"to seal from {first} on, every sequence is needed, each once and in order"
        )
    leaves = tuple(_leaf(entry) for entry in entries)
    number, previous = (after.number + 1, after.head) if after else (1, GENESIS)
    top = root([bytes.fromhex(leaf.digest) for leaf in leaves]).hex()
    head = _head(number, first, wanted[-1], top, previous)
    return Seal(number, first, wanted[-1], top, previous, head), leaves


def prove(sealed: Seal, leaves: Sequence[Leaf], transaction_id: UUID) -> Proof:
    """The path of a transaction to the root of its batch. Raises LedgerBroken if not there."""
    digests = [bytes.fromhex(leaf.digest) for leaf in leaves]
    for index, leaf in enumerate(leaves):
        if leaf.transaction_id == transaction_id:
            beside = tuple(step.hex() for step in path(digests, index))
            return Proof(transaction_id, sealed, index, beside)
    raise LedgerBroken(f"transaction {transaction_id} is not in seal {sealed.number}")


def proven(proof: Proof, entry: Entry) -> bool:
    """Whether the entry, as it is read now, is the one sealed there; needs nothing but the two."""
    sealed = proof.seal
    if entry.transaction_id != proof.transaction_id or not sound(sealed):
        return False
    beside = [bytes.fromhex(step) for step in proof.path]
    size = sealed.last - sealed.first + 1
    reached = root_by_path(leaf_hash(entry.canonical()), proof.index, size, beside)
    return reached is not None and reached.hex() == sealed.root


def sound(sealed: Seal) -> bool:
    """Whether the head of a seal is the hash of what it says."""
    return sealed.head == _head(
        sealed.number, sealed.first, sealed.last, sealed.root, sealed.previous
    )


def _leaf(entry: Entry) -> Leaf:
    return Leaf(entry.sequence, entry.transaction_id, leaf_hash(entry.canonical()).hex())


def _head(number: int, first: int, last: int, top: str, previous: str) -> str:
    told = canonical_json([number, first, last, top, previous])
    return hashlib.sha256(_HEAD + told).hexdigest()
