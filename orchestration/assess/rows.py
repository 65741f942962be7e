"""Reads a file of cases: each row with the line it starts on, or why it is no row."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from domain.passenger_rights.case_file import NEEDED_COLUMNS
from orchestration.assess.errors import CasesUnreadable

if TYPE_CHECKING:
    from _csv import Reader


class Row(NamedTuple):
    """One row by column; `trouble` says why it cannot be read, and then `cells` is empty."""

    line: int
    cells: Mapping[str, str]
    trouble: str | None = None


def rows_of(path: Path) -> Iterator[Row]:
    """The rows in order, blank lines left out. Raises CasesUnreadable for the file as a whole."""
    try:
        # `utf-8-sig`: spreadsheets put a byte order mark before the first column's name.
        with path.open(encoding="utf-8-sig", newline="") as lines:
            yield from _rows(path, csv.reader(lines))
    except OSError as error:
        raise CasesUnreadable(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CasesUnreadable(f"{path} is not UTF-8: save it as CSV in UTF-8") from error


def _rows(path: Path, reader: "Reader") -> Iterator[Row]:
    header = [name.strip() for name in next(reader, [])]
    missing = [name for name in NEEDED_COLUMNS if name not in header]
    if missing:
        raise CasesUnreadable(
            f"{path} has no column {', '.join(missing)}: its first line names the columns of the "
            "case file, see `knockon assess --help`"
        )
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise CasesUnreadable(f"{path} names a column twice: {', '.join(twice)}")
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, {}, str(error))
            continue
        if not any(cells):
            continue
        if len(cells) != len(header):
            yield Row(line, {}, f"has {len(cells)} cells, the first line {len(header)}")
        else:
            yield Row(line, dict(zip(header, cells, strict=True)))
