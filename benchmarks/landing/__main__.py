"""`make bench-landing`: the floor, our lander and its peers over one backlog, then latency.

    python -m benchmarks.landing [--quick] [--events N] [--only floor,knockon,...] [--workers N]

Progress goes to stderr, tables and (as the last line) one JSON object to stdout. Returns 1 when
our own result is not right.
"""

import argparse
import json
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.landing import backlog as backlogs
from benchmarks.landing import contenders as known
from benchmarks.landing import report
from benchmarks.landing.bench import TOPIC, Bench
from benchmarks.landing.contenders import Contender
from benchmarks.landing.drain import Drained, drain
from benchmarks.landing.environments import NotAvailable
from benchmarks.landing.offered import offered
from orchestration.stack import start
from orchestration.stack.plan import ENGINES


@dataclass(frozen=True)
class Plan:
    """How much is done."""

    events: int
    rounds: int
    sweep_workers: Sequence[int]
    sweep_batches: Sequence[int]
    latency: dict[int, int]
    """Rate to seconds."""
    limit_seconds: float
    only: Sequence[str]
    workers: int


FULL = Plan(500_000, 3, (1, 2, 3), (2_000, 5_000, 20_000), {10_000: 300, 50_000: 60}, 180,
            known.NAMES, 1)  # fmt: skip
QUICK = Plan(300_000, 3, (1, 2), (2_000, 10_000), {10_000: 30, 50_000: 10}, 30, known.NAMES, 1)


def main() -> int:
    """Run, print, clean up."""
    plan = asked()
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    began = time.monotonic()

    def say(line: str) -> None:
        console.print(f"[{time.monotonic() - began:6.1f} s] {line}", markup=False)

    def ended(number: int, frame: Any) -> None:
        for one in (signal.SIGINT, signal.SIGTERM):  # once: a second would cut the cleaning short
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ended)
    directory = Path(tempfile.mkdtemp(prefix="knockon-bench-"))
    try:
        say("starting PostgreSQL, Kafka and the registry")
        with start(directory / "stack", ENGINES) as stack:
            found, shown = run(Bench.on(stack, directory / "work"), plan, say)
    except KeyboardInterrupt:
        say("interrupted; everything is stopped")
        return 130
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    report.show(Console(width=report.WIDTH), *shown)
    print(json.dumps(found))
    ours = found["contenders"].get("knockon")
    return 0 if ours is None or ours["right"] else 1


def asked() -> Plan:
    """The plan that the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the whole in five minutes")
    parser.add_argument("--events", type=int, help="records in the backlog")
    parser.add_argument("--rounds", type=int, help="drains of floor and lander; the median counts")
    parser.add_argument("--only", help=f"some of {','.join(known.NAMES)}, or none")
    parser.add_argument("--workers", type=int, default=2, help="processes of our lander")
    parser.add_argument("--rates", help="rate:seconds,... of the latency runs, or none")
    given = parser.parse_args()
    values = {name: getattr(given, name) for name in ("events", "rounds", "workers")}
    plan = asdict(QUICK if given.quick else FULL)
    plan |= {name: value for name, value in values.items() if value is not None}
    if given.only:
        plan["only"] = [] if given.only == "none" else given.only.split(",")
        unknown = set(plan["only"]) - set(known.NAMES)
        if unknown:
            parser.error(f"there is no {', '.join(sorted(unknown))}")
    if given.rates:
        pairs = [] if given.rates == "none" else given.rates.split(",")
        plan["latency"] = {int(r): int(s) for r, s in (pair.split(":") for pair in pairs)}
    return Plan(**plan)


def run(bench: Bench, plan: Plan, say: Any) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Everything; the JSON, and what the tables show."""
    results: dict[str, report.Result] = {}
    taking_part: list[Contender] = []
    sweep: list[dict[str, Any]] = []
    if plan.only:
        with bench.database() as reference:
            say(f"producing {plan.events:,} records")
            lots = backlogs.produce(bench, plan.events, reference, with_json="connect" in plan.only)
            backlogs.read_through(bench, lots[TOPIC])
            if "floor" in plan.only:
                best = swept(bench, plan, lots, reference, sweep, say)
                taking_part.append(best)
            if "knockon" in plan.only:
                taking_part.append(known.lander(plan.workers))
            taking_part += [peer for peer in known.PEERS if peer.name in plan.only]
            results = drained(bench, plan, taking_part, lots, reference, say)
    latency: dict[str, Any] = {}
    for rate, seconds in plan.latency.items():
        say(f"offering {rate:,} events a second for {seconds} s")
        try:
            latency[str(rate)] = offered(bench, rate, seconds, plan.workers, plan.limit_seconds)
        except RuntimeError as error:
            latency[str(rate)] = {"p50": None, "p99": None, "max": None, "failed": str(error)}
        say(f"  {latency[str(rate)]}")
    found = report.as_json(plan.events, results, sweep, latency, plan.workers)
    return found, (taking_part, results, latency)


def swept(
    bench: Bench, plan: Plan, lots: dict[str, Any], reference: str, sweep: list[Any], say: Any
) -> Contender:
    """The floor with the workers and batch size that were fastest over the backlog."""
    lot = lots[TOPIC]
    for workers in plan.sweep_workers:
        for batch in plan.sweep_batches:
            tried = known.floor(reference, lot, workers, batch)
            drained = drain(bench, tried, lot, reference, plan.limit_seconds)
            say(f"floor, {workers} x {batch:,}: {drained.events_per_s:,.0f}/s {drained.finding}")
            if not drained.right:
                continue
            sweep.append({"workers": workers, "batch": batch,
                          "events_per_s": round(drained.events_per_s)})  # fmt: skip
    if not sweep:
        raise RuntimeError("no floor came to an end: see the lines above")
    best = max(sweep, key=lambda tried: tried["events_per_s"])
    return known.floor(reference, lot, best["workers"], best["batch"])


def drained(
    bench: Bench, plan: Plan, taking_part: list[Contender], lots: Any, reference: str, say: Any
) -> dict[str, report.Result]:
    """Per contender the median of its drains, or why it cannot run here.

    Floor and lander take turns, so that a machine that slows down slows both.
    """
    results: dict[str, report.Result] = {}
    drains: dict[str, list[Drained]] = {}
    for turn in range(plan.rounds):
        for contender in taking_part:
            if contender.name in results or (turn and contender in known.PEERS):
                continue
            try:
                contender.needs(bench.stack.settings.engines_dir, say)
            except NotAvailable as error:
                say(f"{contender.title}: not available: {error}")
                results[contender.name] = str(error)
                continue
            done = drain(bench, contender, lots[contender.topic], reference, plan.limit_seconds)
            say(f"{contender.title}: {done.events_per_s:,.0f}/s, client {done.client_us:.1f} µs,"
                f" PostgreSQL {done.postgres_us:.1f} µs: {done.finding}")  # fmt: skip
            drains.setdefault(contender.name, []).append(done)
    return results | {name: report.median(found) for name, found in drains.items()}


if __name__ == "__main__":
    sys.exit(main())
