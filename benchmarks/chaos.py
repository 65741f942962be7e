"""A day of chaos from Kafka to the books: `make chaos`.

3,000 legs and 300,000 passengers, drawn by a seed, one leg in five late or cancelled; then 500
causes turn out to have been others, and a rule to have been wrong. After each step: is every
affected passenger assessed, is what is booked what was assessed, does each currency balance, and do
the marts of dbt say the same to the cent? A stack of its own in a temporary directory. Exit code 1
when anything does not hold.
"""

import argparse
import json
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from assets.derivations.assessments import ASSESSMENTS
from assets.derivations.care_clock import CARE_CLOCK
from assets.derivations.disruptions import DISRUPTIONS
from assets.derivations.impacts import PASSENGER_IMPACTS
from assets.derivations.ledger import LEDGER
from assets.derivations.reassessments import reassess
from assets.derivations.seals import SEALS
from domain.passenger_rights import rulebooks
from orchestration.demo.waiting import until_landed
from orchestration.stack import Stack, start
from orchestration.verify.run import verify
from streaming.derivation import NothingPending, run
from streaming.replay.feed import Feed
from streaming.simulator.scenarios import chaos_day
from streaming.simulator.scenarios.script import ScriptedLeg, Travellers
from streaming.store import audit
from streaming.store.database import Connection, connect
from streaming.store.derive import Database

COMPONENTS = ("postgres", "kafka", "registry", "lander")
CHAIN = (DISRUPTIONS, PASSENGER_IMPACTS, ASSESSMENTS, CARE_CLOCK, LEDGER, SEALS)
DAY = date(2026, 6, 15)
WRONG = ("V-UK-2.toml", "le1500 = 22000", "le1500 = 20000")
"""The rule that is mended at the end: first GBP 200 up to 1,500 km, where the law says 220."""


@dataclass
class Chaos:
    """The stack, what was told, and the figures so far."""

    stack: Stack
    connection: Connection
    legs: list[ScriptedLeg]
    groups: list[Travellers]
    seed: int
    console: Console
    steps: list[dict[str, Any]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def step(self, name: str, work: Callable[[], dict[str, Any]]) -> None:
        """Do it, let the chain follow, ask whether all holds."""
        began = time.monotonic()
        figures = work()
        for derivation in CHAIN:
            since, rows = time.monotonic(), 0
            with self.console.status(f"{name}: {derivation.reader}"):
                while not isinstance(done := run(self.connection, derivation), NothingPending):
                    rows += done.outcome.rows[derivation.reader]  # type: ignore[union-attr]
            table = derivation.reader.split(".")[1]
            figures[table] = rows
            figures[f"{table}_s"] = round(time.monotonic() - since, 1)
        figures |= {"step": name, **self.state(), "seconds": round(time.monotonic() - began, 1)}
        self.steps.append(figures)
        self.console.print(figures)

    def state(self) -> dict[str, Any]:
        """What is there, and what contradicts itself."""
        names = ("affected", "assessed", "owing", "booked")
        counts = self.connection.execute(
            "select count(distinct i.obligation_key), count(distinct a.obligation_key),"
            " count(distinct a.obligation_key) filter (where a.owed > 0),"
            " (select count(*) from (select obligation_key from ledger.transactions t join"
            " ledger.postings p using (transaction_id) join ledger.accounts c using (account)"
            " where c.role = 'probable' group by obligation_key, currency"
            " having sum(amount_minor) <> 0) b)"
            " from derived.passenger_impacts i left join lateral (select obligation_key,"
            " amount_max_minor as owed from derived.assessments a"
            " where a.obligation_key = i.obligation_key order by sequence desc limit 1) a on true"
        ).fetchone()
        told = dict(zip(names, counts or (), strict=True))
        if told["affected"] != told["assessed"] or told["owing"] != told["booked"]:
            self.broken.append(f"counts differ: {told}")
        for what, found in (
            ("unassessed", audit.unassessed(self.connection)),
            ("misbooked", audit.misbooked(self.connection)),
            ("unbalanced", audit.unbalanced(self.connection)),
        ):
            self.broken += [f"{what}: {key}" for key in found[:3]]
        owed = self.connection.execute(
            "select currency, -sum(amount_minor)::bigint from ledger.postings"
            " join ledger.accounts using (account) where role = 'probable' group by currency"
        )
        return {**told, "owed_minor": dict(owed.fetchall())}


def main() -> int:
    """Run, print, and return 1 when anything did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--legs", type=int, default=3_000)
    parser.add_argument("--passengers", type=int, default=300_000)
    parser.add_argument("--revised", type=int, default=500, help="causes that change afterwards")
    parser.add_argument("--seed", type=int, default=261)
    parser.add_argument("--quick", action="store_true", help="a tenth of it")
    asked = parser.parse_args()
    if asked.quick:
        asked.legs, asked.passengers, asked.revised = 300, 30_000, 50
    console = Console(stderr=True)
    directory = Path(tempfile.mkdtemp(prefix="knockon-chaos-"))
    try:
        with start(directory, COMPONENTS) as stack:
            found = chaos(stack, asked, console)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    show(Console(), found["steps"])
    for line in found["broken"]:
        console.print(line, style="red")
    print(json.dumps(found))
    return 1 if found["broken"] else 0


def chaos(stack: Stack, asked: argparse.Namespace, console: Console) -> dict[str, Any]:
    """The day, the causes, the rule; then the proofs and the marts."""
    legs, groups = chaos_day.drawn(asked.seed, asked.legs, asked.passengers)
    url = stack.settings.owner_database_url()
    with connect(url, "knockon-chaos", autocommit=True) as connection:
        day = Chaos(stack, connection, legs, groups, asked.seed, console)
        with wrong_rule():
            day.step("the day", lambda: told(day))
            day.step(f"{asked.revised} causes revised", lambda: causes_revised(day, asked.revised))
        day.step("a rule mended", lambda: rule_mended(url))
        for verdict in verify(stack.settings, ("offsets", "balance", "seals", "assessments")):
            day.broken += [f"{verdict.name}: {line}" for line in verdict.shown()]
            console.print(f"{verdict.name}: {verdict.checked:,} {verdict.invariant}")
    return {
        "benchmark": "chaos",
        "seed": asked.seed,
        "legs": len(legs),
        "broken_legs": sum(map(chaos_day.is_broken, legs)),
        "passengers": sum(group.count for group in groups),
        "steps": day.steps,
        "broken": day.broken,
        "machine": {
            "cores": psutil.cpu_count(),
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
        },
    }


def told(day: Chaos) -> dict[str, Any]:
    """Everybody books, the day happens, and it all lands."""
    with day.console.status("telling the day") as status:
        sent = Feed(day.stack.settings).story(
            day.legs, day.groups, DAY, day.seed, None,
            lambda when, records: status.update(f"{when:%H:%M}, {records:,} records"),
        )  # fmt: skip
    until_landed(day.stack.settings, sent, 300)
    return {"records": sent.total}


def causes_revised(day: Chaos, many: int) -> dict[str, Any]:
    """What was found out two days later."""
    found = chaos_day.revised(day.legs, many, DAY, day.seed)
    before = day.connection.execute("select count(*) from landed.flight_events").fetchone()
    Feed(day.stack.settings, late=True).events(found, None, lambda when, records: None)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        now = day.connection.execute("select count(*) from landed.flight_events").fetchone()
        assert now is not None
        assert before is not None
        if now[0] >= before[0] + len(found):
            break
        time.sleep(0.2)
    return {"records": len(found)}


def rule_mended(url: str) -> dict[str, Any]:
    """Ask the rules as they are about all that the wrong one has judged."""
    done = reassess(Database(url, "knockon-chaos"), "make chaos")
    return {"looked_at": done.looked_at, "changed": done.changed}


@contextmanager
def wrong_rule() -> Iterator[None]:
    """Within it a sum of the law is another."""
    name, right, wrong = WRONG
    text = rulebooks.data_text
    rulebooks.data_text = lambda file: (
        text(file).replace(right, wrong, 1) if file == name else text(file)
    )
    _forget()
    try:
        yield
    finally:
        rulebooks.data_text = text
        _forget()


def _forget() -> None:
    rulebooks.rulebooks.cache_clear()
    rulebooks._digest.cache_clear()


def show(console: Console, steps: list[dict[str, Any]]) -> None:
    """A column per step."""
    table = Table(title="A day of chaos")
    table.add_column("")
    for step in steps:
        table.add_column(step["step"], justify="right")
    for name in dict.fromkeys(name for step in steps for name in step if name != "step"):
        table.add_row(name.replace("_", " "), *(_text(step.get(name, "")) for step in steps))
    console.print(table)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{minor / 100:,.2f} {currency}" for currency, minor in value.items())
    return f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    sys.exit(main())
