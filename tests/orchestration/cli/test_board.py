"""`knockon board` says which flights of a board fall under which regime, and why."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app

HEADER = "kind,flight,airline_icao,codeshares,route,sched,latest,status,svctype\n"
DAY = "2024-08-17T"


def row(
    flight: str, route: str, late: int | None, *, kind: str = "arrivals", codes: str = "",
    service: str = "J", status: str = "",
) -> str:  # fmt: skip
    operators = {"BA": "BAW", "AC": "ACA", "AF": "AFR", "LX": "SWR", "XX": "XXX"}
    done = status or ("CAN" if late is None else "ARR" if kind == "arrivals" else "DEP")
    minutes = 600 + (late or 0)
    latest = f"{DAY}{minutes // 60:02d}:{minutes % 60:02d}:00-04:00"
    return (
        f"{kind},{flight},{operators[flight[:2]]},{codes},{route},{DAY}10:00:00-04:00,{latest},"
        f"{done},{service}\n"
    )


@pytest.fixture
def say(tmp_path: Path) -> Any:
    def run(*rows: str, words: tuple[str, ...] = ("--json",)) -> Any:
        board = tmp_path / "board.csv"
        board.write_text(HEADER + "".join(rows))
        done = CliRunner().invoke(app, ["board", str(board), "--airport", "YYZ", *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def told(text: str) -> dict[str, dict[str, Any]]:
    return {one["flight"]: one for one in map(json.loads, text.splitlines())}


def test_who_operates_and_which_way_decide(say: Any) -> None:
    found = told(
        say(
            row("BA99", "LHR", 200),
            row("AC849", "LHR", 250),
            row("AC873", "CDG", 250),
            row("AC848", "LHR", 250, kind="departures", codes="LH6800;UA8000"),
            row("BA98", "LHR", 250, kind="departures", codes="AA6000"),
            row("AF351", "CDG", None, kind="departures"),
            row("XX1", "CDG", 250, kind="departures"),
        )
    )
    sums = {name: (one["regime"], one["amount_min_minor"], one["amount_max_minor"])
            for name, one in found.items() if one["in_scope"] != "no"}  # fmt: skip
    assert sums == {
        "BA99": ("uk", 26_000, 26_000),
        "AC849": ("uk", 52_000, 52_000),
        "AC873": ("eu", 60_000, 60_000),
        "BA98": ("uk", 0, 52_000),
        "AF351": ("eu", 0, 60_000),
        "XX1": ("eu", 0, 60_000),
    }
    assert found["AC848"]["in_scope"] == "no"
    assert "arrival time" in found["BA98"]["needs"]
    assert "notice" in found["AF351"]["needs"]
    assert found["XX1"]["licence"] == "unknown"
    assert "operating licence" in found["XX1"]["needs"]


def test_a_code_on_the_ticket_is_no_licence(say: Any) -> None:
    found = told(
        say(
            row("AC848", "LHR", 250, kind="departures", codes="LH6800;UA8000"),
            row("BA98", "LHR", 250, kind="departures", codes="AA6000"),
            row("AC849", "LHR", 250, codes="LH6801"),
        )
    )
    assert {name: one["misled"] for name, one in found.items()} == {
        "AC848": ["Lufthansa"],  # would be covered under UK261, Art 3(1)(b)
        "BA98": ["American Airlines"],  # would not
        "AC849": [],  # starts in the UK: whoever flies
    }


def test_what_is_not_late_or_not_ours_is_left_out(say: Any) -> None:
    rows = [
        row("BA99", "LHR", 179),
        row("AC900", "CUN", 400),
        row("AF352", "CDG", 400, service="F"),
        row("BA97", "LHR", 400, status="DEL"),
    ]
    assert say(*rows) == ""
    assert told(say(*rows, row("BA95", "LHR", 180))).keys() == {"BA95"}


def test_a_line_told_twice_counts_once(say: Any) -> None:
    assert say(row("BA99", "LHR", 200), row("BA99", "LHR", 200)).count("\n") == 1


def test_the_page_adds_up_and_says_why(say: Any, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    said = say(
        row("BA99", "LHR", 200), row("BA95", "LHR", 250), row("LX86", "ZRH", 300),
        words=("--page", str(page)),
    )  # fmt: skip
    assert said.startswith("3 late or cancelled flights")
    text = page.read_text()
    assert (
        "| arrivals | UK261 | starts in the UK: any carrier (SC-03) | uk | 2 | 0 | 780.00 GBP |"
        in text
    )
    assert "| 2024-08-17 | LX86 | Swiss | ZRH | 300 | EU261 | 600.00 EUR |  |" in text


def test_a_file_that_is_no_board_is_told(tmp_path: Path) -> None:
    other = tmp_path / "cases.csv"
    other.write_text("id,regime\n1,eu\n")
    done = CliRunner().invoke(app, ["board", str(other), "--airport", "YYZ"])
    assert done.exit_code == 1
    assert "has no column" in done.stderr
