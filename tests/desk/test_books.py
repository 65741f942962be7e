"""What finance takes out of the books equals what the domain says, by command and by function."""

import csv
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from assets.derivations.seals import SEALS
from domain.identity import name_uuid
from domain.ledger import Posting, Transaction, reports
from domain.ledger import as_of as domain_as_of
from domain.ledger.periods import Placed
from orchestration.cli.app import app
from orchestration.stack import Stack
from streaming.derivation import run
from streaming.desk import provisions
from streaming.desk.claims import enter
from streaming.desk.periods import month, open_period
from streaming.store import books, seals
from streaming.store.periods import calendar, now
from tests.assets.test_response import DAY, flight, respond, scheduled
from tests.desk.conftest import PASSENGERS, Desk
from tests.landing_rows import land

JUNE, JULY = "2026-06", "2026-07"
LATE = {"occurred_at": DAY + timedelta(days=3)}
Say = Callable[..., Result]


@pytest.fixture
def say(desk: Desk, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Say:
    monkeypatch.setenv("KNOCKON_STATE_DIR", str(stack.settings.state_dir))
    monkeypatch.setenv("DATABASE_URL", desk.url)
    return lambda *words: CliRunner().invoke(app, ["ledger", *words])


@pytest.fixture
def closed(desk: Desk, say: Say) -> Desk:
    """June is closed with four accruals; July has an approval of its own and one late for June."""
    assert say("open", JUNE).stdout == "period 2026-06 is open, from 2026-06-01 to 2026-06-30\n"
    assert "2026-07 is open" in say("open").stdout
    run(desk.connection, SEALS)
    done = say("close", JUNE, "--by", "controller")
    assert "from transaction 4 on are\nin 2026-07 and after, what comes late" in done.stdout
    desk.tell("claim", 0, actor="p", role="passenger", **LATE)
    desk.tell("approve", 0, amount_minor=25_000, currency="EUR", **LATE)
    desk.approve(1)
    return desk


def entries(desk: Desk) -> list[seals.Entry]:
    return seals.entries(desk.connection, 0, 10_000)


def agree(desk: Desk) -> list[Placed]:
    """Sums, entries and placements of every period, by PostgreSQL and by the domain."""
    known = calendar(desk.connection)
    placed = [Placed(one, known.place(one.occurred_at, one.sequence)) for one in entries(desk)]
    stored = desk.connection.execute(
        "select period, late_for from ledger.placements order by sequence"
    ).fetchall()
    assert stored == [(one.placement.period, one.placement.late_for) for one in placed]
    for period in known.periods:
        lines = books.trial_balance(desk.connection, period.name, known)
        assert lines == reports.trial_balance(placed, period.name, known)
        with books.placed(desk.connection, period.name, known) as found:
            assert [*found] == [one for one in placed if one.placement.period == period.name]
    return placed


def test_periods_are_listed_closed_and_refused_by_command(desk: Desk, say: Say) -> None:
    assert say("periods").stdout.startswith("no period yet")
    assert say("trial-balance", "--period", JUNE).stderr == (
        "knockon: there is no period 2026-06; there are: none\n"
    )
    assert say("open", JUNE, "--first", "2026-06-01").exit_code == 2
    say("open", JUNE)
    early = say("close", JUNE)
    assert early.exit_code == 1
    assert "4 transactions wait for their seal" in early.stderr
    assert "4 transactions wait for their seal" in say("periods").stdout
    run(desk.connection, SEALS)
    newest = seals.last_seal(desk.connection)
    assert newest is not None
    done = say("close", JUNE, "--by", "controller")
    assert "from transaction 4 on are\nin the next period: open it" in done.stdout
    assert newest.head in done.stdout
    again = say("close", JUNE)
    assert (again.exit_code, again.stderr) == (1, "knockon: period 2026-06 is closed already\n")
    half = say("open", "half", "--first", "2026-07-01", "--last", "2026-07-15", "--json")
    assert json.loads(half.stdout)["last_day"] == "2026-07-15"
    told = json.loads(say("periods", "--json").stdout)
    states = [(one["period"], one["last_day"], one["state"]) for one in told["periods"]]
    assert states == [(JUNE, "2026-06-30", "closed"), ("half", "2026-07-15", "open")]
    assert told["periods"][0]["head"] == newest.head
    assert "by controller" in say("periods").stdout


def test_the_trial_balance_is_the_domains(closed: Desk, say: Say, tmp_path: Path) -> None:
    agree(closed)
    told = json.loads(say("trial-balance", "--period", JULY, "--json").stdout)
    approved = {
        line["account"]: [line[f"{what}_minor"] for what in ("opening", "debit", "credit")]
        for line in told["lines"]
    }
    assert approved == {
        "expense-compensation-eu261": [PASSENGERS * 25_000, 0, 0],
        "liability-probable-eu261-art6": [-PASSENGERS * 25_000, 2 * 25_000, 0],
        "liability-approved-eu261": [0, 0, 2 * 25_000],
    }
    shown = say("trial-balance", "--period", JULY).stdout
    assert shown.startswith("2026-07, open\n")
    assert shown.split("sum")[1].split() == ["EUR", "500.00", "500.00"]
    out = tmp_path / "june.csv"
    assert "which is closed" in say("trial-balance", "--period", JUNE, "--out", str(out)).stdout
    rows = list(csv.DictReader(out.open()))
    assert [(row["debit"], row["closing"]) for row in rows] == [
        ("1000.00", "1000.00"), ("0.00", "-1000.00"),
    ]  # fmt: skip


def test_sums_are_the_domains_however_closings_and_late_facts_mix(desk: Desk) -> None:
    """Facts of seven months in any order, and a closing after every twelfth."""
    names = [f"2026-{number:02}" for number in range(5, 10)]
    for name in names:
        open_period(desk.connection, month(name))
    chance, assessment = random.Random(7), entries(desk)[0].assessment_id
    for number in range(48):
        currency = chance.choice(["EUR", "JPY"])
        lines = tuple(
            Posting(account=name, amount_minor=sign * 2**number, currency=currency)
            for name, sign in (("expense-goodwill", 1), ("cash", -1))
        )
        made = Transaction(
            transaction_id=name_uuid("mixed", number), kind="goodwill",
            obligation_key=name_uuid("o"),
            revision="r", passenger_ref=name_uuid("p"), assessment_id=assessment,
            occurred_at=datetime(2026, chance.randint(3, 9), chance.choice([1, 30]), tzinfo=UTC),
            description="", rulebook="V", postings=lines,
        )  # fmt: skip
        with desk.connection.transaction():
            enter(desk.connection, [(made, ("1/0/0",))])
        if number % 12 == 11:
            desk.connection.execute(
                "insert into ledger.closings (period, closed_by) select name, 'x' from"
                " ledger.periods where name not in (select period from ledger.closings)"
                " order by first_day limit 1"
            )
    assert len({(one.placement.late_for, one.placement.period) for one in agree(desk)}) > 10


def test_the_journal_balances_or_is_refused(closed: Desk, say: Say, tmp_path: Path) -> None:
    out, plan = tmp_path / "july.csv", tmp_path / "map.csv"
    done = say("journal", "--period", JULY, "--out", str(out))
    assert "2 transactions with 4 lines of 2026-07, which is open" in done.stdout
    rows = list(csv.DictReader(out.open(newline="")))
    sums = [sum(Decimal(row[side] or 0) for row in rows) for side in ("debit", "credit")]
    assert sums == [Decimal("500.00")] * 2
    assert [(row["period"], row["late_for"]) for row in rows[::2]] == [(JULY, JUNE), (JULY, "")]
    assert {row["gl_account"] for row in rows} == {"2030", "2090"}
    before = out.read_bytes()
    plan.write_text("account,gl_account,gl_name\nliability-approved-eu261,7,ours\n")
    lacking = say("journal", "--period", JULY, "--map", str(plan), "--out", str(out))
    assert lacking.exit_code == 1
    assert lacking.stderr == "knockon: the account map lacks liability-probable-eu261-art6\n"
    assert (sorted(tmp_path.iterdir()), out.read_bytes()) == ([out, plan], before)
    plan.write_text("ours,theirs\n")
    wrong = say("journal", "--period", JULY, "--map", str(plan), "--out", str(out))
    assert "has the columns account, gl_account, gl_name" in wrong.stderr
    plan.write_text("account,gl_account,gl_name\nliability-approved-eu261,7,a\n"
                    "liability-probable-eu261-art6,7,a\n")  # fmt: skip
    told = json.loads(
        say("journal", "--period", JULY, "--map", str(plan), "--out", str(out), "--json").stdout
    )
    assert (told["transactions"], told["lines"]) == (2, 4)
    assert {row["gl_account"] for row in csv.DictReader(out.open(newline=""))} == {"7"}
    nowhere = str(tmp_path / "none" / "x.csv")
    assert "cannot write" in say("journal", "--period", JULY, "--out", nowhere).stderr


def test_what_we_knew_and_owed_before_a_correction_and_after(desk: Desk, say: Say) -> None:
    before = now(desk.connection)
    in_time = scheduled("late", "AMS", "LHR", DAY).sibt
    told = flight("late", "leg_arrived", DAY.replace(hour=20), aibt=in_time, doors_open_at=in_time)
    land(desk.connection, "flight.events", 0, [told])
    respond(desk.connection)
    after = now(desk.connection)
    assert books.as_of(desk.connection, before).owed == {"EUR": (100_000, PASSENGERS)}
    assert books.as_of(desk.connection, before, None, desk.key()).owed == {"EUR": (25_000, 1)}
    assert books.as_of(desk.connection, after) == books.Known({}, {})
    reversed_at = max(one.occurred_at for one in entries(desk))
    cuts = (None, reversed_at - timedelta(microseconds=1), DAY)
    found = {}
    for known_at in (before, after):
        for cut in cuts:
            view = domain_as_of.as_of(entries(desk), known_at, cut)
            found[known_at, cut] = one = books.as_of(desk.connection, known_at, cut)
            assert one.balances == view.balances
            assert sum(minor for minor, _ in one.owed.values()) == sum(view.owed.values())
            assert sum(count for _, count in one.owed.values()) == len(view.owed)
    assert found[after, cuts[1]].owed == {"EUR": (100_000, PASSENGERS)}

    def said(when: datetime, *words: str) -> str:
        return say("as-of", when.isoformat(), *words).stdout

    assert said(before).startswith("owed 1,000.00 EUR on 4 obligations\n  expense-compensation")
    assert said(before, "--obligation", str(desk.key())[:13]).startswith("owed 250.00 EUR on 1 ob")
    assert said(after) == "nothing was owed\n"
    assert json.loads(said(after, "--owed-at", "2026-06-15", "--json"))["owed_at"] == (
        "2026-06-15T23:59:59.999999+00:00"
    )
    assert say("as-of", "yesterday").exit_code == 2


def test_provisions_are_booked_once_per_obligation(
    desk: Desk, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provisions, "AT_ONCE", 3)  # so that there are several batches
    desk.approve(0)

    def allowances() -> list[int | None]:
        return [desk.balances(one).get("provision-allowance-eu261") for one in range(PASSENGERS)]

    done = say("provide", "--scenario", "beacon-2019", "--at", "2026-06-30", "--by", "controller")
    assert done.stdout == (
        "beacon-2019: 58 % claim (University of Westminster / BEACON 2019, Tables 13-14: 0.58 of "
        "waiting passengers)\n4 obligations looked at, 3 booked\n  allowance  +315.00 EUR\n"
    )
    assert allowances() == [None, 10_500, 10_500, 10_500]
    count = desk.count("ledger.transactions")
    again = json.loads(say("provide", "--scenario", "beacon-2019", "--json").stdout)
    assert (again["looked_at"], again["booked"], again["grown_minor"]) == (4, 0, {})
    assert desk.count("ledger.transactions") == count
    [made, *_] = [one for one in entries(desk) if one.kind == "provision"]
    assert (made.actor, made.occurred_at.isoformat()[:19]) == ("controller", "2026-06-30T23:59:59")
    lineage = CliRunner().invoke(app, ["lineage", "ledger", str(made.transaction_id), "--json"])
    logs = {step["log"] for step in json.loads(lineage.stdout)["steps"]}
    assert {"derived.assessments", "flight.events"} < logs
    desk.claim(1)  # counts in full from now on
    assert "+235.00 EUR" in say("provide", "--scenario", "mercury-static").stdout
    assert allowances() == [None, None, 22_250, 22_250]
    assert desk.balances(2)["expense-allowance-eu261"] == -22_250
    assert say("provide", "--scenario", "legal-maximum").exit_code == 0
    assert allowances() == [None] * PASSENGERS
    wrong = say("provide", "--scenario", "none")
    assert wrong.exit_code == 1
    assert "there are: legal-maximum, beacon-2019, mercury-static" in wrong.stderr
