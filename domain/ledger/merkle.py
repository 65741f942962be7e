"""Merkle trees as RFC 6962, section 2.1, builds them: the root, and the path from a leaf to it.

A leaf is hashed behind a zero byte and a node behind a one, so that no node can pass for a leaf.
"""

import hashlib
from collections.abc import Sequence

LEAF, NODE = b"\x00", b"\x01"


def leaf_hash(data: bytes) -> bytes:
    """SHA-256 of a leaf."""
    return hashlib.sha256(LEAF + data).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, in order; that of no leaves is the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    # Pairing level by level, and carrying an odd one up, gives the tree that the RFC defines by
    # the largest power of two: the test compares with that definition.
    while len(level) > 1:
        paired = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes beside the way from leaf `index` up to the root, lowest first.

    Raises IndexError for a leaf that is not there.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"leaf {index} of {len(leaves)}")
    level, beside = list(leaves), []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            beside.append(level[sibling])
        paired = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
        index //= 2
    return beside


def root_by_path(leaf: bytes, index: int, size: int, beside: Sequence[bytes]) -> bytes | None:
    """The root that a path leads to; None where it is not as long as such a path must be.

    RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        return None
    here, last, reached = index, size - 1, leaf
    for hashed in beside:
        if last == 0:
            return None
        if here & 1 or here == last:
            reached = _node(hashed, reached)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            reached = _node(reached, hashed)
        here, last = here >> 1, last >> 1
    return reached if last == 0 else None


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()
