"""`knockon assess`: the case file in, the answers out; a bad row stops nobody else."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from orchestration.assess.run import RESULT_COLUMNS
from orchestration.cli.app import app

WORKED = Path(__file__).parents[2] / "data/passenger_rights/cases.csv"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def only_facts(path: Path, *without: str) -> str:
    """The worked cases without what they expect."""
    kept = [name for name in rows(path)[0] if name not in without]
    kept = kept[: kept.index("ticket_currency") + 1]
    lines = [",".join(kept)]
    lines += [",".join(row[name] for name in kept) for row in rows(path)]
    return "\n".join(lines) + "\n"


def ask(cases: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["assess", str(cases), *words])


def test_the_worked_cases_come_out_as_expected_without_distances(tmp_path: Path) -> None:
    cases, out = tmp_path / "cases.csv", tmp_path / "result.csv"
    cases.write_text(only_facts(WORKED), encoding="utf-8")
    asked = ask(cases, "--out", str(out))
    assert (asked.exit_code, asked.stdout) == (
        0, f"174 assessed, 0 of them lack a fact, 0 bad: {out}\n",
    )  # fmt: skip
    answers = rows(out)
    assert tuple(answers[0]) == RESULT_COLUMNS
    for case, answer in zip(rows(WORKED), answers, strict=True):
        expected = {"id": case["id"], "other_regime_amount": case["other_regime_amount"]} | {
            name: case[f"expected_{name}"]
            for name in ("in_scope", "band", "amount", "currency", "care")
        }
        assert {name: answer[name] for name in expected} == expected


def test_a_bad_row_is_told_by_line_and_the_others_are_answered(tmp_path: Path) -> None:
    cases, out = tmp_path / "cases.csv", tmp_path / "result.csv"
    first, *_ = lines = only_facts(WORKED).splitlines()
    broken = lines[1].replace("2026-11-20", "20.11.2026")
    same = lines[2].replace(",HEL,", ",LPA,")
    cases.write_text(
        "\ufeff" + "\n".join([first, broken, lines[3], "", same, lines[4] + ",more", lines[5]]),
        encoding="utf-8",
    )
    asked = ask(cases, "--out", str(out), "--json")
    assert asked.exit_code == 1
    assert [row["id"] for row in rows(out)] == [lines[3].split(",")[0], lines[5].split(",")[0]]
    told = json.loads(asked.stdout)
    assert (told["assessed"], [row["line"] for row in told["bad"]]) == (2, [2, 5, 6])
    assert asked.stderr.splitlines() == [
        f"{cases}, line 2 (EU-B-010): flight_date: expected a date such as 2026-11-20,"
        " not '20.11.2026'",
        f"{cases}, line 5 (EU-B-012): journey_to_its_own_start: impossible facts: the journey"
        " ends where it starts: assess outbound and return apart (C-173/07)",
        f"{cases}, line 6: has 34 cells, the first line 33",
    ]


def test_a_word_outside_the_vocabulary_is_named_by_its_column(tmp_path: Path) -> None:
    cases, out = tmp_path / "cases.csv", tmp_path / "result.csv"
    first, one, *_ = only_facts(WORKED).splitlines()
    cases.write_text(f"{first}\n{one.replace(',eu,FRA', ',mars,FRA')}\n", encoding="utf-8")
    asked = ask(cases, "--out", str(out))
    assert asked.exit_code == 1
    assert "operating_carrier_region: Input should be" in asked.stderr
    assert "not 'mars'" in asked.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "has no column id, regime, flight_date, dep_iata, arr_final_iata, event_type"),
        (b"id,regime,id\n", "has no column flight_date"),
        (b"id,regime,flight_date,dep_iata,arr_final_iata,event_type,id\n", "names a column twice"),
        ("id,\u00fc".encode("latin-1"), "is not UTF-8"),
    ],
)
def test_a_file_that_is_no_case_file_is_refused_and_leaves_no_result(
    tmp_path: Path, text: bytes, message: str
) -> None:
    cases, out = tmp_path / "cases.csv", tmp_path / "result.csv"
    cases.write_bytes(text)
    asked = ask(cases, "--out", str(out))
    assert asked.exit_code == 1
    assert message in asked.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["cases.csv"]


def test_files_that_cannot_be_opened_are_named(tmp_path: Path) -> None:
    absent = ask(tmp_path / "absent.csv", "--out", str(tmp_path / "result.csv"))
    assert (absent.exit_code, "No such file" in absent.stderr) == (1, True)
    nowhere = ask(WORKED, "--out", str(tmp_path / "nowhere/result.csv"))
    assert (nowhere.exit_code, "cannot write" in nowhere.stderr) == (1, True)
    own = tmp_path / "own.csv"
    own.write_bytes(WORKED.read_bytes())
    itself = ask(own, "--out", str(own))
    assert (itself.exit_code, "is the input itself" in itself.stderr) == (1, True)
    assert own.read_bytes() == WORKED.read_bytes()


def test_json_lines_have_the_same_answers(tmp_path: Path) -> None:
    ask(WORKED, "--out", str(tmp_path / "result.csv"))
    ask(WORKED, "--out", str(tmp_path / "result.jsonl"))
    told = [json.loads(line) for line in (tmp_path / "result.jsonl").read_text().splitlines()]
    assert [{name: one[name] for name in RESULT_COLUMNS} for one in told] == rows(
        tmp_path / "result.csv"
    )


def test_json_lines_say_what_a_table_has_no_room_for(tmp_path: Path) -> None:
    ask(WORKED, "--out", str(tmp_path / "result.jsonl"))
    told = {
        one["id"]: one
        for one in map(json.loads, (tmp_path / "result.jsonl").open(encoding="utf-8"))
    }
    snow = told["UK-C-021"]
    assert (snow["rulebook"], snow["event"], snow["regime"]) == ("V-UK-2", "cancellation", "uk")
    assert [step["state"] for step in snow["excuse"]["steps"]] == ["met", "met", "met"]
    assert snow["excuse"]["evidence"][0] == "METAR and TAF"
    assert [choice["code"] for choice in snow["choices"]] == [
        "refund", "earliest_rerouting", "later_rerouting",
    ]  # fmt: skip
    assert {due["rule_id"] for due in snow["care_clock"]} == {"RE-01", "CA-04", "CA-03"}
    assert snow["rules"][0]["rule_id"] == "SC-03"
    assert told["UK-D-013"]["for_a_person"] == [
        "Exactly four hours over 3500 km: court or statute?"
    ]
    assert told["EU-B-010"]["excuse"] is None


def test_the_day_of_the_question_says_what_a_court_would_hear_and_changes_no_sum(
    tmp_path: Path,
) -> None:
    ask(WORKED, "--out", str(tmp_path / "now.csv"))
    ask(WORKED, "--out", str(tmp_path / "then.csv"), "--as-of", "2032-11-21")
    for now, then in zip(rows(tmp_path / "now.csv"), rows(tmp_path / "then.csv"), strict=True):
        lines = then.pop("explanation").splitlines()
        kept = [line for line in lines if not line.startswith("NO-04")]
        assert (kept, then) == (now.pop("explanation").splitlines(), now)
        assert (len(kept) < len(lines)) == (now["in_scope"] != "no")
    answers = {row["id"]: row["explanation"] for row in rows(tmp_path / "then.csv")}
    assert (
        "NO-04: on 2032-11-21, England and Wales: over, last day to sue 2032-11-20"
        in answers["UK-D-001"]
    )
    assert "GR: no period is on file, nothing is written off: needs counsel" in answers["EU-D-001"]


def test_facts_that_the_published_columns_cannot_say_are_read_too(tmp_path: Path) -> None:
    cases, out = tmp_path / "cases.csv", tmp_path / "result.csv"
    cases.write_text(
        "id,regime,flight_date,dep_iata,arr_final_iata,event_type,departure_delay_minutes,"
        "arrival_delay_minutes,overnight,waiting_at_airport,fare_type,diverted_to_same_region,"
        "arrival_basis\n"
        "one,,2026-11-20,fra,ath,diversion,20,181.0,no,yes,public,yes,legal\n"
        "two,EU,2026-11-20,FRA,ATH,delay,180,175,no,yes,public,,on_block\n",
        encoding="utf-8",
    )
    assert ask(cases, "--out", str(out)).exit_code == 0
    one, two = rows(out)
    assert (one["amount"], one["currency"], one["needs"]) == ("400.00", "EUR", "")
    assert (two["amount_min"], two["amount_max"], two["needs"]) == (
        "0.00", "400.00", "door opening time",
    )  # fmt: skip


def test_only_the_first_bad_rows_are_shown_and_json_has_all(tmp_path: Path) -> None:
    cases, out = tmp_path / "cases.csv", tmp_path / "result.csv"
    first, one, *_ = only_facts(WORKED).splitlines()
    cases.write_text("\n".join([first, *[one.replace("FRA", "F")] * 30]), encoding="utf-8")
    asked = ask(cases, "--out", str(out), "--json")
    assert len(asked.stderr.splitlines()) == 21
    assert asked.stderr.splitlines()[-1] == "and 10 more bad rows: --json lists all"
    assert len(json.loads(asked.stdout)["bad"]) == 30
    assert rows(out) == []


def test_a_row_that_cannot_be_parsed_swallows_no_other(tmp_path: Path) -> None:
    cases, out = tmp_path / "cases.csv", tmp_path / "result.csv"
    first, *lines = only_facts(WORKED).splitlines()
    lines[0] = lines[0].replace("FRA", '"FRA')  # never closed
    lines[1] = lines[1].replace("EU-B-012", "EU-\u00fc")  # read back as Latin-1 below
    lines[2] = lines[2].replace("EU-B-014", '"EU-B-014\nof two lines"')
    lines[3] = lines[3].replace("CDG", '"CDG"x')
    cases.write_bytes("\n".join([first, *lines[:6]]).encode("latin-1"))
    asked = ask(cases, "--out", str(out))
    assert asked.exit_code == 1
    assert asked.stderr.splitlines() == [
        f"{cases}, line 2: a quote is opened and not closed",
        f"{cases}, line 3: is not UTF-8",
        f"{cases}, line 6: ',' expected after '\"'",
    ]
    assert [row["id"] for row in rows(out)] == ["EU-B-014\nof two lines", "EU-C-027", "EU-C-028"]


def test_a_quoted_cell_counts_its_lines(tmp_path: Path) -> None:
    cases, out = tmp_path / "cases.csv", tmp_path / "result.csv"
    first, one, two, *_ = only_facts(WORKED).splitlines()
    one = one.replace("EU-B-010", '"a\nb\nc"')
    cases.write_text(f"{first}\n{one}\n{two.replace('2026', 'x')}\n", encoding="utf-8")
    asked = ask(cases, "--out", str(out))
    assert asked.stderr.startswith(f"{cases}, line 5 (EU-B-012): flight_date")
    assert [row["id"] for row in rows(out)] == ["a\nb\nc"]
