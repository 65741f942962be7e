"""`knockon replay` onto the real engines, read back by a consumer of its own."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from pathlib import Path

import pytest

from domain.events import Event
from orchestration.stack import Stack
from streaming.broker import Broker, BrokerError, Reader, read_to_end
from streaming.broker.registry import Registry
from streaming.codec import Codec, Decoded
from streaming.replay.errors import TooLate
from streaming.replay.feed import Feed
from streaming.sources.nycflights13 import Days, own
from streaming.store.database import connect
from streaming.topics import LANDING, TOPICS, Topic
from tests.landing_rows import land
from tests.streaming.landing.conftest import departure
from tests.streaming.sources.nycflights13.test_own_files import (
    GOOD,
    HEADER,
    WEATHER,
    WEATHER_HEADER,
)

CANCELLED = "2024,7,1,NA,2100,NA,NA,2215,NA,BA,442,NA,LHR,AMS"
NEXT_DAY = GOOD.replace("2024,7,1", "2024,7,2")
GIVEN = ("DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "SCHEMA_REGISTRY_URL")


@pytest.fixture
def heathrow(tmp_path: Path) -> Path:
    """Two days of an airline's own data; the directory's name becomes the source's."""
    directory = tmp_path / "heathrow"
    directory.mkdir()
    lines = [HEADER, GOOD, CANCELLED, NEXT_DAY]
    (directory / "flights.csv").write_text("\n".join(lines) + "\n")
    (directory / "weather.csv").write_text("\n".join([WEATHER_HEADER, WEATHER]) + "\n")
    return directory


def replay(stack: Stack, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in GIVEN}
    return subprocess.run(
        [sys.executable, "-c", "from orchestration.cli import main; main()", "replay", *words],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment | {"KNOCKON_STATE_DIR": str(stack.site.state.path)} | more,
    )


def counts(stack: Stack) -> Counter[str]:
    """Records ever written to each landing topic, as its partitions' ends say."""
    cluster = stack.settings.cluster()
    Broker(cluster).ensure_topics(TOPICS.values())
    reader = Reader(cluster, "test")
    deadline = time.monotonic() + 20
    try:
        while True:
            try:
                return Counter({topic.name: _end(reader, topic) for topic in LANDING})
            except BrokerError:  # a new topic has no leader yet
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
    finally:
        reader.close()


def _end(reader: Reader, topic: Topic) -> int:
    return sum(reader.watermarks(topic.name, p)[1] for p in range(topic.partitions))


def events_of(stack: Stack, source: str) -> list[Event]:
    """What a source has told, as an independent consumer reads it."""
    cluster = stack.settings.cluster()
    codec = Codec(Registry(str(stack.settings.schema_registry_url)))
    places = [(topic.name, p) for topic in LANDING for p in range(topic.partitions)]
    with ThreadPoolExecutor(len(places)) as pool:  # a consumer takes half a second to close
        records = [*chain(*pool.map(lambda place: list(read_to_end(cluster, *place)), places))]
    decoded = [codec.decode(record.topic, record.value) for record in records]
    return [one.event for one in decoded if isinstance(one, Decoded) and one.event.source == source]


def test_a_day_of_ones_own_is_on_the_topics_as_told(stack: Stack, heathrow: Path) -> None:
    before = counts(stack)
    said = replay(
        stack, "--from", "2024-07-01", "--flights", str(heathrow), "--speed", "max", "--json"
    )
    assert said.returncode == 0, said.stderr
    assert "2 flights and 1 observations" in said.stderr
    told = json.loads(said.stdout)
    assert {topic: counted["records"] for topic, counted in told["topics"].items()} == dict(
        counts(stack) - before
    )
    assert told["records"] == sum(counted["records"] for counted in told["topics"].values())

    events = events_of(stack, "file/heathrow")
    assert len(events) == told["topics"]["flight.events"]["events"] + 1
    assert Counter(event.kind for event in events) == {
        "leg_scheduled": 2,
        "aircraft_assigned": 1,
        "leg_departed": 1,
        "leg_arrived": 1,
        "leg_cancelled": 1,
        "weather_observed": 1,
    }
    departed = next(event for event in events if event.kind == "leg_departed")
    assert departed.occurred_at == datetime(2024, 7, 1, 8, 10, tzinfo=UTC)


def test_wrong_lines_are_listed_and_nothing_is_sent(stack: Stack, heathrow: Path) -> None:
    before = counts(stack)
    with (heathrow / "flights.csv").open("a") as file:
        file.write(GOOD.replace("BA", "BAW") + "\n" + GOOD.replace("AMS", "XQX") + "\n")
    said = replay(stack, "--from", "2024-07-01", "--flights", str(heathrow), "--speed", "0")
    assert said.returncode == 1
    assert said.stdout == ""
    lines = said.stderr.splitlines()
    assert lines[0].startswith("flights.csv, line 5: carrier='BAW'")
    assert lines[1].startswith("flights.csv, line 6: airport 'XQX' is not known")
    assert lines[2:] == ["knockon: 2 lines cannot be replayed: mend them; nothing was sent"]
    assert counts(stack) == before


def test_the_scripted_day_goes_out_with_its_passengers(stack: Stack, migrated_url: str) -> None:
    before = counts(stack)
    said = replay(
        stack, "--european-day", "--speed", "max", "--faults", "--json", DATABASE_URL=migrated_url
    )
    assert said.returncode == 0, said.stderr
    topics = json.loads(said.stdout)["topics"]
    assert topics["passenger.events"]["events"] > 1_000
    assert topics["passenger.events"]["faults"] > 0
    assert {topic: counted["records"] for topic, counted in topics.items()} == dict(
        counts(stack) - before
    )
    with connect(migrated_url, "test") as connection:
        assert connection.execute("select count(*) > 800 from keyring.data_keys").fetchone() == (
            True,
        )


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--from", "1999-12-31"), "no flight on 1999-12-31: choose from 2024-07-01 to 2024-07-02"),
        (("--from", "2013-07-02", "--to", "2013-07-01"), "is before --from"),
        (("--european-day", "--to", "2026-06-15"), "goes with --from alone"),
        (("--speed", "-1"), "not below 0"),
    ],
)
def test_what_cannot_be_replayed_is_said(
    stack: Stack, heathrow: Path, words: tuple[str, ...], problem: str
) -> None:
    said = replay(stack, "--flights", str(heathrow), *words, COLUMNS="200")
    assert said.returncode != 0
    assert problem in said.stderr
    assert "Traceback" not in said.stderr


def test_no_broker_is_one_line_with_the_mend(stack: Stack, heathrow: Path) -> None:
    words = ("--from", "2024-07-01", "--flights", str(heathrow))
    said = replay(stack, *words, KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    assert said.returncode == 1
    assert len(said.stderr.splitlines()) == 1, said.stderr
    assert "127.0.0.1:1 does not answer" in said.stderr
    assert "knockon up" in said.stderr


def test_what_event_time_has_left_behind_is_sent_only_when_asked(
    stack: Stack, migrated_url: str, heathrow: Path
) -> None:
    """The detectors would drop it as late, silently for whoever replays."""
    with connect(migrated_url, "test", autocommit=True) as connection:
        land(connection, "flight.events", 3, [departure(number) for number in range(1_500)])
    settings = stack.settings.model_copy(update={"database_url": migrated_url})
    day = date(2024, 7, 1)
    before = counts(stack)
    with Days(own(heathrow)) as days:
        with pytest.raises(TooLate, match=r"come to 2026-06-15 06:24 UTC.*begins at 2024-06-30"):
            Feed(settings).flights(days, day, day, None, lambda event_time, sent: None)
        assert counts(stack) == before
        sent = Feed(settings, late=True).flights(days, day, day, None, lambda *_: None)
    assert sent.total == (counts(stack) - before).total()
    assert sent.until is not None
    assert sent.until - datetime(2024, 7, 2, tzinfo=UTC) > timedelta(hours=6)
