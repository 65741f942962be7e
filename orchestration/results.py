"""Result files of commands: they appear whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from orchestration.errors import ResultUnwritable


@contextmanager
def whole(out: Path, *, private: bool = False) -> Iterator[TextIO]:
    """A text file in UTF-8 that takes its name when all is written; `private`: its owner alone may
    read it. Raises ResultUnwritable."""
    with _part(out) as part, _opened(part, private) as file:
        yield file


def write_bytes(out: Path, content: bytes) -> None:
    """The same for bytes that are there already. Raises ResultUnwritable."""
    with _part(out) as part:
        part.write_bytes(content)


@contextmanager
def _part(out: Path) -> Iterator[Path]:
    part = out.with_name(out.name + ".part")
    try:
        yield part
        os.replace(part, out)
    except OSError as error:
        raise ResultUnwritable(f"cannot write {out}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def _opened(part: Path, private: bool) -> TextIO:
    mode = 0o600 if private else 0o666
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="")
