"""Result files of commands: they appear whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from orchestration.errors import ResultUnwritable


@contextmanager
def whole(out: Path) -> Iterator[TextIO]:
    """A text file in UTF-8 that takes its name when all is written. Raises ResultUnwritable."""
    part = out.with_name(out.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        os.replace(part, out)
    except OSError as error:
        raise ResultUnwritable(f"cannot write {out}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
