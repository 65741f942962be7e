"""`knockon dead-letters` as an operator uses it, on real letters."""

import json
from collections.abc import Callable, Iterator
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from orchestration.cli.app import app
from tests.streaming.dead_letters.conftest import TOPIC, TRACE, Desk, desk
from tests.streaming.landing.conftest import MASTER_KEY, landing

PERSONAL = "passenger.events"
Knockon = Callable[..., Any]
__all__ = ["desk", "landing"]


@pytest.fixture
def say(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    settings = desk.landing.stack.settings
    monkeypatch.setenv("KNOCKON_STATE_DIR", str(settings.state_dir))
    monkeypatch.setenv("DATABASE_URL", desk.landing.database_url)
    monkeypatch.setenv("KNOCKON_MASTER_KEY", MASTER_KEY)
    monkeypatch.setenv("LOGNAME", "iris")
    runner = CliRunner()
    return lambda *words, **more: runner.invoke(app, ["dead-letters", *words], **more)


@pytest.fixture
def told(say: Callable[..., Result]) -> Knockon:
    """What a command that must succeed says as JSON."""

    def run(*words: str) -> Any:
        done = say(*words, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return run


@pytest.fixture
def lander(desk: Desk) -> Iterator[None]:
    stop = Signal()
    thread = Thread(target=desk.landing.here().run, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join()


def test_an_operator_finds_replays_and_discards(
    desk: Desk, say: Callable[..., Result], told: Knockon, lander: None
) -> None:
    desk.refuse()
    desk.send_bad(3)
    desk.send(TOPIC, (b"not avro", [TRACE]), (b"\x00\xff", []))
    desk.landing.wait_until_accounted(5)

    everything = told("list")
    assert len(everything["letters"]) == 5
    counts = {one["error_type"]: one["letters"] for one in everything["counts"]}
    assert counts == {"refused": 3, "undecodable": 2}
    assert len(told("list", "--limit", "2")["letters"]) == 2
    assert told("list", "--topic", PERSONAL)["letters"] == []
    assert told("list", "--since", "2020-01-01", "--until", "1h")["letters"] == []
    first = everything["letters"][0]
    assert told("list", "--id", first["dead_letter_id"][:20])["letters"] == [first]
    assert "not in Confluent's wire format" in say("list").stdout

    junk = told("list", "--error-type", "undecodable")["letters"]
    shown = {told("show", one["dead_letter_id"])["payload"] for one in junk}
    assert shown == {"not avro", "hex 00ff"}
    assert "trace: hex ff00" in say("show", first["dead_letter_id"]).stdout

    assert told("discard", "--error-type", "undecodable", "--reason", "a test", "--dry-run") == {
        "would_discard": 2
    }
    refused = say("discard", "--error-type", "undecodable", "--reason", "a test", input="n\n")
    assert (refused.exit_code, "discard 2 dead letters?" in refused.stdout) == (1, True)
    assert say("discard", "--yes").exit_code == 2  # without a reason
    assert told("discard", "--error-type", "undecodable", "--reason", "a test", "--yes") == {
        "discarded": 2, "replay_begun": 0,
    }  # fmt: skip
    [one, _] = told("list", "--state", "discarded")["letters"]
    assert (one["decided_by"], one["decision_reason"]) == ("iris", "a test")
    assert told("replay", "--id", one["dead_letter_id"], "--yes") == {"would_replay": 0}

    desk.mend()
    assert told("replay", "--dry-run") == {"would_replay": 3}
    done = told("replay", "--yes", "--wait", "30")
    assert (done["sent"], done["landed"], done["failed_again"]) == (3, 3, 0)
    assert told("list")["letters"] == []
    assert len(told("list", "--state", "all")["letters"]) == 5
    desk.assert_accounted()


def test_what_is_personal_is_shown_only_on_demand(
    desk: Desk, say: Callable[..., Result], told: Knockon, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.send(PERSONAL, (b"Adelaide Brambledon", [("name", b"Adelaide")]))
    desk.landing.land(1)
    [letter] = told("list")["letters"]
    plain = say("show", letter["dead_letter_id"])
    assert "Adelaide" not in plain.stdout
    assert "--unseal opens it" in plain.stdout
    opened = told("show", letter["dead_letter_id"], "--unseal")
    assert opened["payload"] == "Adelaide Brambledon"
    assert opened["headers"] == [["name", "Adelaide"]]
    asked = desk.landing.query("select distinct actor, purpose from keyring.accesses")
    assert asked == [("knockon dead-letters, iris", "show")]
    desk.landing.keyring().destroy(letter["dead_letter_id"])
    assert "nobody can open it" in say("show", letter["dead_letter_id"], "--unseal").stdout
    gone = say("replay", "--yes", "--json")
    assert gone.exit_code == 1
    assert json.loads(gone.stdout)["erased"] == 1


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("list", "--topic", "flight"), "no flight: choose from flight.events"),
        (("list", "--error-type", "bad"), "no bad: choose from undecodable"),
        (("list", "--since", "yesterday"), "'yesterday' is no time"),
        (("replay", "--json"), "--json goes with --yes or --dry-run"),
        (("replay", "--state", "discarded"), "only open or sent dead letters can be replayed"),
        (("show", "ffff"), "no dead letter has an id"),
    ],
)
def test_what_cannot_be_done_is_said(
    stack: Any, migrated_url: str, monkeypatch: pytest.MonkeyPatch, words: Any, problem: str
) -> None:
    monkeypatch.setenv("KNOCKON_STATE_DIR", str(stack.settings.state_dir))
    monkeypatch.setenv("DATABASE_URL", migrated_url)
    monkeypatch.setenv("COLUMNS", "200")
    done = CliRunner().invoke(app, ["dead-letters", *words])
    assert done.exit_code != 0
    assert problem in done.output
    assert "Traceback" not in done.output
