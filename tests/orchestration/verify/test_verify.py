"""`knockon verify` holds on an honest line, and names each invariant that somebody breaks."""

import json
import os
import subprocess
import sys

import pytest

from orchestration.verify.run import CHECKS, verify
from streaming.broker import Message, Publisher
from streaming.settings import Settings
from streaming.store.database import connect
from tests.orchestration.verify.conftest import keyring_of, make_topics_anew

OFFSETS, FINDINGS, BALANCE, SEALED, FOUNDED, PLAINTEXT = CHECKS
BREAKS = {
    "a landed row is gone": (
        OFFSETS, "is lost",
        "delete from landed.flight_events where (partition, \"offset\") = (0, 3)",
    ),
    "a dead letter is gone": (
        OFFSETS, "is lost",
        "delete from landed.dead_letters where dead_letter_id in"
        " (select dead_letter_id from landed.dead_letters limit 1)",
    ),
    "a row was made up": (
        OFFSETS, "is on no topic",
        "update landed.external_data set \"offset\" = 1000000"
        " where (partition, \"offset\") = (0, 0)",
    ),
    "a row is there twice": (
        OFFSETS, "flight.events/1/2 is there twice",
        "alter table landed.flight_events drop constraint pk_flight_events;"
        "insert into landed.flight_events select * from landed.flight_events"
        " where (partition, \"offset\") = (1, 2)",
    ),
    "a finding was changed": (
        FINDINGS, "seed 1",
        "update detected.findings set knock_on_minutes = knock_on_minutes + 1"
        " where sequence = (select min(sequence) from detected.findings)",
    ),
    "a finding is gone": (
        FINDINGS, "seed 2", "delete from detected.findings where sequence = 0",
    ),
    "a posting was raised": (
        BALANCE, "transaction",
        "update ledger.postings set amount_minor = amount_minor + 1 where amount_minor > 0",
    ),
    "a transaction lost its postings": (
        BALANCE, "transaction", "delete from ledger.postings",
    ),
    "a sealed reason was changed": (
        SEALED, "is not what was sealed at 0",
        "update ledger.transactions set description = 'else' where sequence = 0",
    ),
    "a citation is missing": (
        FOUNDED, "lacks its basis",
        "alter table derived.assessments drop constraint ck_assessments_cited;"
        "update derived.assessments set citations = '{}' where sequence = 0",
    ),
    "the facts are gone": (
        FOUNDED, "lacks its basis",
        "update derived.passenger_impacts set facts = '{}' where sequence = 0",
    ),
    "an amount was raised": (
        FOUNDED, "its facts give",
        "update derived.assessments set amount_minor = amount_minor + 100 where sequence = 1",
    ),
    "a name was written down": (
        PLAINTEXT, "1 rows of landed_days.flight_events_",
        "update landed.flight_events set source = 'call %(name)s' where (partition, \"offset\") ="
        " (0, 0)",
    ),
    "an assistance code was kept": (
        PLAINTEXT, "1 rows of landed_days.passenger_events_",
        "update landed.passenger_events set source = '%(code)s' where event_id in"
        " (select event_id from landed.passenger_events limit 1)",
    ),
    "an address was kept in bytes": (
        PLAINTEXT, "1 rows of landed.dead_letters",
        "update landed.dead_letters set payload = '<%(email)s>'::bytea where"
        " dead_letter_id in (select dead_letter_id from landed.dead_letters limit 1)",
    ),
}  # fmt: skip


def somebody(settings: Settings) -> dict[str, str]:
    """A passenger's name, address and assistance code, through the door."""
    with connect(settings.owner_database_url(), "test") as connection:
        rows = connection.execute(
            "select passenger_ref, sealed from landed.passenger_events where sealed is not null"
        ).fetchall()
    opened = keyring_of(settings).open(dict(rows), actor="test", purpose="break it").values()
    person = next(one for one in opened if one.special_assistance)  # type: ignore[union-attr]
    return {
        "name": person.family_name,
        "email": person.email,
        "code": person.special_assistance[0],
    }


def change(settings: Settings, statements: str) -> None:
    """As the owner of the tables can, past the triggers that guard the books."""
    with connect(settings.owner_database_url(), "test") as connection:
        for table in ("ledger.transactions", "ledger.postings"):
            connection.execute(f"alter table {table} disable trigger user")
        for statement in statements.split(";"):
            assert connection.execute(statement).rowcount != 0
        connection.commit()


def test_all_invariants_hold_on_something(settings: Settings) -> None:
    found = list(verify(settings))
    assert len(found) == len(CHECKS)
    assert {v.name: v.broken for v in found if not v.holds} == {}
    assert all(verdict.checked > 10 for verdict in found), found


@pytest.mark.parametrize("how", BREAKS)
def test_what_is_broken_is_named(settings: Settings, how: str) -> None:
    invariant, said, statements = BREAKS[how]
    change(settings, statements % somebody(settings) if "%(" in statements else statements)
    [verdict] = verify(settings, [invariant])
    assert said in " ".join(verdict.broken)


def test_a_name_on_a_topic_is_found(settings: Settings) -> None:
    publisher = Publisher(settings.cluster())
    person = somebody(settings)
    for value in (f"dear {person['name']}", f"\x08{person['code']}"):
        publisher.send(Message("disruption.events", b"key", value.encode(), []))
    publisher.flush()
    try:
        [verdict] = verify(settings, [PLAINTEXT])
    finally:
        make_topics_anew(settings, ["disruption.events"])
    assert verdict.broken == ["2 records of disruption.events"]


def test_what_an_earlier_edition_of_the_rules_said_is_no_contradiction(settings: Settings) -> None:
    change(settings, BREAKS["an amount was raised"][2])
    change(settings, "update derived.assessments set rulebook_digest = null where sequence = 1")
    [verdict] = verify(settings, ["assessments"])
    assert verdict.holds
    assert verdict.counts == {"otherwise under an earlier edition of the rules": 1}


def test_the_command_tells_which_alone_is_broken_and_exits_1(settings: Settings) -> None:
    change(settings, BREAKS["an amount was raised"][2])
    said = subprocess.run(
        [sys.executable, "-c", "from orchestration.cli import main; main()", "verify", "--json"],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "DATABASE_URL": str(settings.database_url),
            "KNOCKON_STATE_DIR": str(settings.state_dir),
        },
    )
    assert said.returncode == 1, said.stderr
    told = json.loads(said.stdout)
    assert told["holds"] is False
    broken = [check["name"] for check in told["checks"] if not check["holds"]]
    assert broken == ["assessments founded"]
