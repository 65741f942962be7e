"""Tells of which type an error is, from what its causes say of themselves."""

import errno
from collections.abc import Iterator

from streaming.broker.failures import kind_of as kind_of_broker
from streaming.failures.kinds import Kind
from streaming.store.failures import kind_of as kind_of_store

EXHAUSTED = {
    errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN,
}  # fmt: skip
FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def kind_of(error: BaseException) -> Kind:
    """The type of the first in the chain of causes that says something; else processing."""
    for one in _chain(error):
        found = kind_of_store(one) or kind_of_broker(one) or _kind_of_python(one)
        if found is not None:
            return Kind(found)
    return Kind.PROCESSING


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in seen:
        seen.append(one)
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _kind_of_python(error: BaseException) -> Kind | None:
    if isinstance(error, MemoryError):
        return Kind.EXHAUSTION
    if isinstance(error, TimeoutError):
        return Kind.TIMEOUT
    if not isinstance(error, OSError):
        return None
    if error.errno in EXHAUSTED:
        return Kind.EXHAUSTION
    if error.errno in FORBIDDEN:
        return Kind.AUTHORISATION
    # Names that do not resolve and refused connections; a missing file is no network.
    return None if isinstance(error, FileNotFoundError) else Kind.NETWORK
