"""What do the finance marts cost over a long ledger? `make bench-marts`.

Fills the books with made-up obligations of two transactions (accrual, approval) of two lines each,
builds the finance models over all of it, then reverses and re-books a thousand obligations under
another cause and builds again; the second build is what an hour costs.
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assets import marts_project
from domain.ledger import chart
from orchestration.stack import start
from streaming.settings import Settings
from streaming.store.database import Connection, connect
from streaming.store.derive_ledger import open_accounts
from streaming.store.migration import migrate

PASSWORDS = {"knockon_dbt": "knockon-bench"}
LATE = 1_000
_OBLIGATIONS = """
    insert into derived.passenger_impacts (sequence, evidence, code_version, obligation_key,
        revision, passenger_ref, journey_id, disruption_id, disruption_revision, obligation_event,
        broken_leg_id, settled, facts, as_of)
    select %(from)s + n, '{}', 'bench', md5('o' || n)::uuid, %(revision)s, md5('p' || n)::uuid,
        md5('j' || n)::uuid, md5('d' || n)::uuid, 1, 'disruption',
        md5('l' || n %% 5000)::uuid, true,
        jsonb_build_object('event', 'delay', 'cause', %(revision)s::text || n %% 7,
            'flight_date', date '2025-01-01' + (n %% 365)::int), now()
    from generate_series(0, %(count)s - 1) as n;
    insert into derived.assessments (sequence, evidence, code_version, assessment_id,
        obligation_key, revision, impact_sequence, regime, rulebook, in_scope, event, amount_minor,
        amount_min_minor, amount_max_minor, currency, care, citations, rules_hit, flags, needs,
        certainty, explanation, as_of)
    select %(from)s + n, '{}', 'bench', md5(%(revision)s::text || 'a' || n)::uuid,
        md5('o' || n)::uuid, %(revision)s, %(from)s + n, 'eu', 'V-EU-1', true, 'delay', 25000,
        25000, 25000, 'EUR', '{meals}', '{EU261 Art 7(1)(a)}', '{}', '{}', '{}',
        'settled', '', now()
    from generate_series(0, %(count)s - 1) as n
"""
_TRANSACTIONS = """
    insert into ledger.transactions (transaction_id, sequence, kind, obligation_key, revision,
        passenger_ref, assessment_id, reverses, occurred_at, description, rulebook, evidence,
        code_version)
    select md5(%(name)s::text || n)::uuid, %(from)s + n, %(kind)s, md5('o' || n)::uuid,
        %(revision)s,
        md5('p' || n)::uuid, md5(%(revision)s::text || 'a' || n)::uuid,
        case when %(kind)s::text = 'reversal' then md5('accrual' || n)::uuid end,
        now(), 'bench', 'V-EU-1', '{}', 'bench'
    from generate_series(0, %(count)s - 1) as n;
    insert into ledger.postings (transaction_id, line, account, amount_minor, currency)
    select md5(%(name)s::text || n)::uuid, line, account, amount_minor, 'EUR'
    from generate_series(0, %(count)s - 1) as n,
        (values (1, %(debit)s, 25000), (2, %(credit)s, -25000)) as of (line, account, amount_minor)
"""
_EXPENSE, _PROBABLE, _APPROVED = (
    "expense-compensation-eu261", "liability-probable-eu261-art6", "liability-approved-eu261",
)  # fmt: skip


def fill(connection: Connection, obligations: int) -> None:
    """The books of that many obligations; what guards each row is put aside meanwhile."""
    open_accounts(connection, chart())
    for table in ("derived.passenger_impacts", "derived.assessments", "ledger.transactions",
                  "ledger.postings"):  # fmt: skip
        connection.execute(f"alter table {table} disable trigger user")
        for (name,) in connection.execute(
            "select conname from pg_constraint where contype = 'f' and conrelid = %s::regclass",
            (table,),
        ).fetchall():
            connection.execute(f'alter table {table} drop constraint "{name}"')
    _book(connection, _OBLIGATIONS, 0, obligations, revision="first")
    _move(connection, "accrual", 0, obligations, _EXPENSE, _PROBABLE)
    _move(connection, "approval", obligations, obligations, _PROBABLE, _APPROVED)
    connection.execute("analyze")


def correct(connection: Connection, obligations: int) -> None:
    """Reverse and re-book the first thousand under another cause."""
    _book(connection, _OBLIGATIONS, obligations, LATE, revision="later")
    _move(connection, "reversal", 2 * obligations, LATE, _PROBABLE, _EXPENSE, "later")
    _move(connection, "accrual", 2 * obligations + LATE, LATE, _EXPENSE, _PROBABLE, "later")


def _move(
    connection: Connection, kind: str, first: int, count: int, debit: str, credit: str,
    revision: str = "first",
) -> None:  # fmt: skip
    name = kind if revision == "first" else f"{revision} {kind}"
    _book(connection, _TRANSACTIONS, first, count, kind=kind, name=name, debit=debit,
          credit=credit, revision=revision)  # fmt: skip


def _book(connection: Connection, text: str, first: int, count: int, **values: str) -> None:
    for statement in text.split(";"):
        connection.execute(statement, {"from": first, "count": count, **values})


@contextmanager
def _timed(seconds: dict[str, float], what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[what] = round(time.perf_counter() - began, 1)
    print(f"{what}: {seconds[what]} s", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postings", type=int, default=2_000_000, help="lines in the books")
    parser.add_argument("--json", action="store_true", help="print figures for programs")
    arguments = parser.parse_args()
    directory, seconds = Path(tempfile.mkdtemp(prefix="knockon-bench-")), dict[str, float]()
    try:
        with start(directory, ("postgres",)) as stack:
            url = stack.create_database()
            migrate(url, PASSWORDS)
            settings = Settings(state_dir=directory, database_url=url, role_passwords=PASSWORDS)
            variables = {**os.environ, **marts_project.environment(settings)}

            def dbt(*words: str) -> None:
                done = subprocess.run(
                    [str(marts_project.DBT), *words], env=variables, capture_output=True, text=True
                )
                if done.returncode:
                    raise SystemExit(done.stdout[-3000:])
                print(*(line for line in done.stdout.splitlines() if " OK " in line), sep="\n")

            with connect(url, "bench", autocommit=True) as connection:
                with _timed(seconds, "fill the books"):
                    fill(connection, arguments.postings // 4)
                finance = ("-s", "stg_ledger__accounts+", "stg_derived__passenger_impacts+",
                           "stg_landed__flight_events+")  # fmt: skip
                dbt("run", "-s", "staging")
                with _timed(seconds, "first run of the models"):
                    dbt("run", *finance)
                correct(connection, arguments.postings // 4)
                with _timed(seconds, "run after a thousand late reversals"):
                    dbt("run", *finance)
                with _timed(seconds, "reconciliation with the ledger"):
                    dbt("test", "-s", "assert_finance_marts_equal_ledger")
                with _timed(seconds, "all data tests of the finance models"):
                    dbt("test", *finance)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    if arguments.json:
        print(json.dumps({"postings": arguments.postings, "seconds": seconds}))


if __name__ == "__main__":
    main()
