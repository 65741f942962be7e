"""The whole line in small on the real engines: produced, landed, detected, derived and booked."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import islice
from threading import Event as Signal
from threading import Thread

import numpy as np
import pytest

from assets.derivations import features, forecasts
from assets.derivations.assessments import ASSESSMENTS
from assets.derivations.disruptions import DISRUPTIONS
from assets.derivations.impacts import PASSENGER_IMPACTS
from assets.derivations.ledger import LEDGER
from assets.derivations.seals import SEALS
from domain.detection.registry import DETECTORS
from domain.events import Event
from domain.features import FEATURE_SET, NAMES, History, Region
from ml.candidates import logistic
from ml.climatology import Climatology
from ml.tracking import Champion
from orchestration.stack import Stack
from streaming.broker import Broker, BrokerError, Publisher
from streaming.broker.registry import Registry
from streaming.codec import Codec
from streaming.derivation import NothingPending, run
from streaming.detect import Detection
from streaming.keyring import Keyring, MasterKey
from streaming.landing import Lander, Sort
from streaming.producers import Producers
from streaming.replay import Faults, Pace, replay
from streaming.settings import Settings
from streaming.simulator.scenarios import european_day
from streaming.simulator.scenarios.manifest import manifest
from streaming.simulator.scenarios.telling import tell
from streaming.sources.nycflights13 import Days, bundled
from streaming.sources.nycflights13.settings import AIRPORTS, Assumptions
from streaming.store.database import connect
from streaming.store.progress import landed
from streaming.topics import LANDING, TOPICS

NEW_YORK_DAY = date(2013, 7, 1)
NEW_YORK_EVENTS = 1_500
DETECTOR = "aircraft_rotation"
SECONDS = 60


def settings_of(stack: Stack, database_url: str) -> Settings:
    return stack.settings.model_copy(update={"database_url": database_url})


def keyring_of(settings: Settings) -> Keyring:
    assert settings.master_key is not None
    url = settings.owner_database_url()
    return Keyring(
        lambda: connect(url, "test-keyring"), MasterKey(settings.master_key.get_secret_value())
    )


def make_topics_anew(settings: Settings, names: Iterable[str] = TOPICS) -> None:
    """Empty topics, each with another topic id than before."""
    broker = Broker(settings.cluster())
    for name in names:
        broker.delete_topic(name)
    _patiently(lambda: broker.ensure_topics(TOPICS.values()))


def _patiently(work: Callable[[], None]) -> None:
    """Until the broker has removed what was deleted."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            return work()
        except BrokerError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def produce(settings: Settings) -> int:
    """Some hours of New York and the scripted European day, some of it spoilt; records sent."""
    codec = Codec(Registry(str(settings.schema_registry_url)))
    producer = Producers(Publisher(settings.cluster()), codec)
    day = european_day.DEFAULT_DAY
    people = manifest(european_day.TRAVELLERS, day.isoformat(), 1, keyring_of(settings))
    with Days(bundled()) as days:
        told = days.events(NEW_YORK_DAY, NEW_YORK_DAY, lambda: datetime.now(UTC))
        new_york = list(islice(told, NEW_YORK_EVENTS))
    streams: tuple[Iterable[Event], ...] = (new_york, tell(european_day.LEGS, people, day))
    return replay(streams, producer, pace=Pace(None), faults=Faults(codec, 200)).total


def land_all(settings: Settings, sent: int) -> None:
    url = settings.owner_database_url()
    lander = Lander(
        lambda: connect(url, "test-lander"),
        Broker(settings.cluster()),
        Sort(Codec(Registry(str(settings.schema_registry_url))), keyring_of(settings)),
        LANDING,
        owner="test",
    )
    stop = Signal()
    thread = Thread(target=lander.run, args=(stop,))
    thread.start()
    deadline = time.monotonic() + SECONDS
    try:
        with connect(url, "test", autocommit=True) as connection:
            while sum(landed(connection, topic.name) for topic in LANDING) < sent:
                assert time.monotonic() < deadline, "not landed in time"
                time.sleep(0.1)
    finally:
        stop.set()
        thread.join()


def champion() -> Champion:
    """A model that learned nothing worth knowing: here only its name and version matter."""
    seeded = np.random.default_rng(1)
    seen = seeded.normal(size=(200, len(NAMES)))
    return Champion(
        "knockon-delay15", "7", FEATURE_SET,
        logistic().fit(seen, seeded.integers(0, 2, 200)),
        Climatology.fit([("UA", 8, True), ("UA", 9, False)]),
        History.empty(Region(Assumptions().zone, AIRPORTS), NEW_YORK_DAY),
    )  # fmt: skip


def derive_all(settings: Settings) -> None:
    """What detector, materialiser and Dagster's runs would do, to the end."""
    model = champion()
    with connect(settings.owner_database_url(), "test", autocommit=True) as connection:
        detection = Detection(connection, DETECTORS[DETECTOR], "flight.events")
        while detection.step() is not None:
            pass
        for derivation in (
            DISRUPTIONS,
            features.derivation(lambda: champion().history),  # the fold moves its history on
            forecasts.derivation(lambda: model),
            PASSENGER_IMPACTS,
            ASSESSMENTS,
            LEDGER,
            SEALS,
        ):
            while not isinstance(run(connection, derivation), NothingPending):
                pass


@pytest.fixture(scope="package")
def line(stack: Stack, migrated_template: str) -> Iterator[str]:
    """A database with everything in it, to copy from; its records stay on the topics."""
    url = stack.create_database(template=migrated_template.rpartition("/")[2])
    settings = settings_of(stack, url)
    make_topics_anew(settings)
    land_all(settings, produce(settings))
    derive_all(settings)
    yield url
    stack.drop_database(url)


@pytest.fixture
def settings(stack: Stack, line: str) -> Iterator[Settings]:
    """Settings of a copy of the line that a test may break."""
    url = stack.create_database(template=line.rpartition("/")[2])
    yield settings_of(stack, url)
    stack.drop_database(url)
