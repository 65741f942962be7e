"""Another rule for a while, so that mending it can be watched."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from domain.passenger_rights import rulebooks


@contextmanager
def other_rule(file: str, says: str, instead: str) -> Iterator[None]:
    """Within it a file of the law's data says something else. Raises ValueError where it does not
    say `says`."""
    text = rulebooks.data_text
    if says not in text(file):
        raise ValueError(f"{file} does not say {says!r}")

    def told(name: str) -> str:
        return text(name).replace(says, instead, 1) if name == file else text(name)

    try:
        with patch.object(rulebooks, "data_text", told):
            _forget()
            yield
    finally:
        _forget()


def _forget() -> None:
    rulebooks.rulebooks.cache_clear()
    rulebooks._digest.cache_clear()
