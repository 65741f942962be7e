"""A day of chaos from Kafka to the books: `make chaos`.

3,000 legs and 300,000 passengers, drawn by a seed, one leg in five late or cancelled. Some of those
who are owed are paid; then 500 causes turn out to have been others, and a rule to have been wrong.
After each step: is every affected passenger assessed, is what is booked what was assessed, does
each currency balance, does no claim contradict itself, is nobody paid twice? In the end the marts
of dbt must say the same as the books to the cent. A stack of its own in a temporary directory. Exit
code 1 when anything does not hold.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from rich.console import Console
from rich.table import Table

from assets import marts_project
from assets.derivations.assessments import ASSESSMENTS
from assets.derivations.care_clock import CARE_CLOCK
from assets.derivations.disruptions import DISRUPTIONS
from assets.derivations.impacts import PASSENGER_IMPACTS
from assets.derivations.ledger import LEDGER
from assets.derivations.reassessments import reassess
from assets.derivations.seals import SEALS
from benchmarks.machine import machine
from benchmarks.mended_rule import other_rule
from domain.claims import ClaimEvent
from domain.events import Event
from domain.ledger import Position
from domain.ledger.as_of import OWED
from domain.money import major
from domain.payments import BankDetails, Debtor
from orchestration.demo.waiting import until_landed
from orchestration.stack import Stack, start
from orchestration.verify.run import verify
from streaming.derivation import Written, run
from streaming.desk import payments
from streaming.desk.answers import read
from streaming.desk.claims import tell
from streaming.keyring import Keyring, MasterKey
from streaming.replay import Sent
from streaming.replay.feed import Feed
from streaming.simulator.scenarios import chaos_day
from streaming.simulator.scenarios.script import ScriptedLeg, Travellers
from streaming.store import audit
from streaming.store import payments as stored_payments
from streaming.store.database import Connection, connect
from streaming.store.derive import Database
from streaming.store.derive_ledger import already_booked

COMPONENTS = ("postgres", "kafka", "registry", "lander")
CHAIN = (DISRUPTIONS, PASSENGER_IMPACTS, ASSESSMENTS, CARE_CLOCK, LEDGER, SEALS)
DAY = date(2026, 6, 15)
PAID_AT = datetime(2026, 6, 17, 8, tzinfo=UTC)
DEBTOR = Debtor(
    account=BankDetails(name="Example Air plc", iban="DE89370400440532013000"), currency="EUR"
)
PAYOUT = payments.Payout(
    BankDetails(name="A. Passenger", iban="FR1420041010050500013M02606"), PAID_AT.date()
)
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
    coming: list[Event] = field(default_factory=list)
    sent: Sent = field(default_factory=Sent)

    def step(self, name: str, work: Callable[[], dict[str, Any]]) -> None:
        """Do it, let the chain follow, ask whether all holds."""
        began = time.monotonic()
        figures = work()
        for derivation in CHAIN:
            since, rows = time.monotonic(), 0
            with self.console.status(f"{name}: {derivation.reader}"):
                while isinstance(done := run(self.connection, derivation), Written):
                    rows += done.outcome.rows[derivation.reader]
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
            " where c.kind = 'liability' and t.kind in ('accrual', 'reversal')"
            " group by obligation_key, currency having sum(amount_minor) <> 0) b)"
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
        paid = self.connection.execute(
            "select count(*), count(distinct obligation_key) from payments.instructions"
            " where status in ('made', 'sent', 'accepted', 'executed')"
        ).fetchone()
        told["paid"], once = paid or (0, 0)
        if told["paid"] != once:
            self.broken.append(f"{told['paid']} payments to {once} obligations")
        self.broken += self.contradictions()[:3]
        owed = self.connection.execute(
            "select currency, -sum(amount_minor)::bigint from ledger.postings"
            " join ledger.accounts using (account) where role = any(%s) group by currency",
            (list(OWED),),
        )
        return {**told, "owed_minor": dict(owed.fetchall())}

    def contradictions(self) -> list[str]:
        """Claims of those that were paid whose balances cannot all be true."""
        keys = [
            row[0]
            for row in self.connection.execute("select obligation_key from payments.instructions")
        ]
        found = []
        for key, carried in already_booked(self.connection, keys).items():
            found += [f"{key}: {words}" for words in Position.of(carried).contradictions()]
        return found


def main() -> int:
    """Run, print, and return 1 when anything did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--legs", type=int, default=3_000)
    parser.add_argument("--passengers", type=int, default=300_000)
    parser.add_argument("--revised", type=int, default=500, help="causes that change afterwards")
    parser.add_argument("--paid", type=int, default=1_000, help="claims that are paid before")
    parser.add_argument("--seed", type=int, default=261)
    parser.add_argument("--quick", action="store_true", help="a tenth of it")
    asked = parser.parse_args()
    if asked.quick:
        asked.legs, asked.passengers, asked.revised, asked.paid = 300, 30_000, 50, 100
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
        with other_rule(*WRONG):
            day.step("the evening before", lambda: booked(day))
            day.step("the day", lambda: happened(day))
            day.step(f"{asked.paid:,} paid", lambda: some_paid(day, asked.paid))
            day.step(f"{asked.revised} causes revised", lambda: causes_revised(day, asked.revised))
        day.step("a rule mended", lambda: rule_mended(url))
        for verdict in verify(stack.settings, ("offsets", "balance", "seals", "assessments")):
            day.broken += [f"{verdict.name}: {line}" for line in verdict.shown()]
            console.print(f"{verdict.name}: {verdict.checked:,} {verdict.invariant}")
        seconds = marts(day)
    return {
        "benchmark": "chaos",
        "seed": asked.seed,
        "legs": len(legs),
        "broken_legs": sum(map(chaos_day.is_broken, legs)),
        "passengers": sum(group.count for group in groups),
        "steps": day.steps,
        "marts_s": seconds,
        "broken": day.broken,
        "machine": machine(),
    }


def booked(day: Chaos) -> dict[str, Any]:
    """The evening before: schedules, aircraft, and everybody's booking."""
    with day.console.status("booking"):
        story = Feed(day.stack.settings).story(day.legs, day.groups, DAY, day.seed)
    midnight = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
    day.coming = [event for event in story if event.occurred_at >= midnight]
    return _sent(day, [event for event in story if event.occurred_at < midnight])


def happened(day: Chaos) -> dict[str, Any]:
    """The day itself."""
    told, day.coming = day.coming, []
    return _sent(day, told)


def _sent(day: Chaos, events: list[Event]) -> dict[str, Any]:
    began = time.monotonic()
    with day.console.status("sending") as status:
        sent = Feed(day.stack.settings, late=True).events(
            events, None, lambda when, records: status.update(f"{when:%H:%M}, {records:,} records")
        )
        day.sent.events.update(sent.events)
        day.sent.clocks.update(sent.clocks)
        until_landed(day.stack.settings, day.sent, 300)
    return {"records": sent.total, "landed_s": round(time.monotonic() - began, 1)}


def some_paid(day: Chaos, many: int) -> dict[str, Any]:
    """Claims are made, approved, scheduled, exported, and executed by the bank."""
    settings = day.stack.settings
    assert settings.master_key is not None
    keys_url = settings.database_url_for("knockon_keyring")
    keyring = Keyring(
        lambda: connect(keys_url, "knockon-chaos-keys"),
        MasterKey(settings.master_key.get_secret_value()),
    )
    owing = day.connection.execute(
        "select distinct on (obligation_key) obligation_key, amount_max_minor, currency"
        " from derived.assessments where amount_max_minor > 0"
        " order by obligation_key, sequence desc limit %s",
        (many,),
    ).fetchall()
    for key, minor, currency in owing:
        told_by_passenger = {"kind": "claim", "role": "passenger"}
        approved = {"kind": "approve", "role": "agent", "amount_minor": minor, "currency": currency}
        for facts in (told_by_passenger, approved):
            tell(day.connection, ClaimEvent(event_id=uuid4(), obligation_key=key, actor="chaos",
                                            occurred_at=PAID_AT, **facts))  # fmt: skip
        payments.schedule(day.connection, keyring, key, PAYOUT, "chaos", PAID_AT)
    for due in stored_payments.due(day.connection, PAYOUT.due_on):
        payments.export(day.connection, keyring, DEBTOR, due, "pain.001", "chaos", PAID_AT)
    read(day.connection, _statement(day.connection), "chaos", PAID_AT)
    return {"claims": len(owing)}


def _statement(connection: Connection) -> bytes:
    """A bank's camt.054: every instruction that left was executed."""
    entries = "".join(
        f'<Ntry><Amt Ccy="{currency}">{major(minor, currency)}</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-06-17</Dt></BookgDt><AcctSvcrRef>{key.hex}"
        f"</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>{key.hex}</EndToEndId></Refs></TxDtls>"
        "</NtryDtls></Ntry>"
        for key, minor, currency in connection.execute(
            "select instruction_id, pay_minor, pay_currency from payments.instructions"
        )
    )
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>'
        f"<Ntfctn><Id>1</Id>{entries}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
    ).encode()


def marts(day: Chaos) -> float:
    """Build the marts with all their tests: they must equal the books to the cent."""
    began = time.monotonic()
    try:
        with day.console.status("building the marts"):
            marts_project.run(["build"], marts_project.environment(day.stack.settings))
    except marts_project.MartsError as failed:
        day.broken.append(str(failed))
    return round(time.monotonic() - began, 1)


def causes_revised(day: Chaos, many: int) -> dict[str, Any]:
    """What was found out two days later."""
    return _sent(day, list[Event](chaos_day.revised(day.legs, many, DAY, day.seed)))


def rule_mended(url: str) -> dict[str, Any]:
    """Ask the rules as they are about all that the wrong one has judged."""
    done = reassess(Database(url, "knockon-chaos"), "make chaos")
    return {"looked_at": done.looked_at, "changed": done.changed}


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
