"""Reads a file of cases: each row with the line it starts on, or why it is no row."""

import csv
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from domain.passenger_rights.case_file import NEEDED_COLUMNS
from orchestration.assess.errors import CasesUnreadable

LONGEST_ROW_LINES = 20
"""A quoted cell may hold line breaks; a quote open for longer was never closed, and must not
swallow the rows after it."""


class Row(NamedTuple):
    """One row by column; `trouble` says why it cannot be read, and then `cells` is empty."""

    line: int
    cells: Mapping[str, str]
    trouble: str | None = None


def rows_of(path: Path) -> Iterator[Row]:
    """The rows in order, blank lines left out. Raises CasesUnreadable for the file as a whole."""
    try:
        # `utf-8-sig`: spreadsheets put a byte order mark before the first column's name.
        # What is not UTF-8 is escaped, so that it spoils its own row only.
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
            yield from _rows(path, lines)
    except OSError as error:
        raise CasesUnreadable(f"cannot read {path}: {error.strerror}") from error


def _rows(path: Path, lines: Iterator[str]) -> Iterator[Row]:
    header = _header(path, next(lines, ""))
    ahead: deque[str] = deque()
    line = 1
    while first := ahead.popleft() if ahead else next(lines, ""):
        line += 1
        if not first.strip(" \t\r\n,"):
            continue
        taken, row = _row(line, first, header, ahead, lines)
        yield row
        line += taken


def _header(path: Path, first: str) -> list[str]:
    if _garbled(first):
        raise CasesUnreadable(f"{path} is not UTF-8: save it as CSV in UTF-8")
    header = [name.strip() for name in next(csv.reader([first]), [])]
    missing = [name for name in NEEDED_COLUMNS if name not in header]
    if missing:
        raise CasesUnreadable(
            f"{path} has no column {', '.join(missing)}: its first line names the columns of the "
            "case file, see `knockon assess --help`"
        )
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise CasesUnreadable(f"{path} names a column twice: {', '.join(twice)}")
    return header


def _row(
    line: int, first: str, header: list[str], ahead: deque[str], lines: Iterator[str]
) -> tuple[int, Row]:
    """The row that starts with a line, and how many lines after it belong to it."""
    parts = [first]
    while sum(part.count('"') for part in parts) % 2 and len(parts) < LONGEST_ROW_LINES:
        following = ahead.popleft() if ahead else next(lines, "")
        if not following:
            break
        parts.append(following)
    row = _parsed(line, parts, header)
    if row.trouble is not None and len(parts) > 1:
        ahead.extendleft(reversed(parts[1:]))
        return 0, Row(line, {}, "a quote is opened and not closed")
    return len(parts) - 1, row


def _parsed(line: int, parts: list[str], header: list[str]) -> Row:
    text = "".join(parts)
    if _garbled(text):
        return Row(line, {}, "is not UTF-8")
    try:
        records = list(csv.reader(parts, strict=True))
    except csv.Error as error:
        return Row(line, {}, str(error))
    if len(records) != 1:
        return Row(line, {}, "a quote is opened and not closed")
    [cells] = records
    if len(cells) != len(header):
        return Row(line, {}, f"has {len(cells)} cells, the first line {len(header)}")
    return Row(line, dict(zip(header, cells, strict=True)))


def _garbled(text: str) -> bool:
    return not text.isascii() and any("\udc80" <= letter <= "\udcff" for letter in text)
