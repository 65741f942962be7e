"""Puts real days and the scripted one onto the topics of the stack that the settings name."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice

from domain.events import Event
from streaming.broker import Broker, Publisher
from streaming.broker.registry import Registry
from streaming.codec import Codec
from streaming.errors import SettingsError
from streaming.keyring import Keyring, MasterKey
from streaming.producers import Producers
from streaming.replay.errors import TooLate
from streaming.replay.faults import Faults
from streaming.replay.replay import Pace, Sent, replay
from streaming.settings import Settings
from streaming.simulator.scenarios import european_day
from streaming.simulator.scenarios.manifest import manifest
from streaming.simulator.scenarios.script import ScriptedLeg, Travellers
from streaming.simulator.scenarios.telling import tell
from streaming.sources.nycflights13 import Days
from streaming.store.database import connect
from streaming.store.progress import event_time
from streaming.topics import TOPICS

Progress = Callable[[datetime, int], None]
FAULT_EVERY = 400
FLUSH_AFTER = timedelta(hours=6)
"""Event time added at the end of a day, so that every decision time and watermark is passed."""


class Feed:
    """A producer on that stack; makes the topics when they are missing.

    With `faults`, a few records are spoilt on purpose; with `late`, days are told that event time
    on the stack has left behind.
    """

    def __init__(self, settings: Settings, *, faults: bool = False, late: bool = False) -> None:
        """Raises SettingsError when no stack is known, BrokerError when it does not answer."""
        if settings.kafka_bootstrap_servers is None or settings.schema_registry_url is None:
            raise SettingsError(
                "no running stack is known: run `knockon up`, or name yours by"
                " KAFKA_BOOTSTRAP_SERVERS and SCHEMA_REGISTRY_URL"
            )
        self._settings = settings
        self._faults, self._late = faults, late
        cluster = settings.cluster()
        Broker(cluster).ensure_topics(TOPICS.values())
        self._codec = Codec(Registry(settings.schema_registry_url, settings.registry_access()))
        self._publisher = Publisher(cluster, "knockon-replay")

    def flights(
        self, days: Days, first: date, last: date, speed: float | None, progress: Progress
    ) -> Sent:
        """Replay real days of flights with their weather. Raises TooLate, DeliveryFailed."""
        events = days.events(first, last, lambda: datetime.now(UTC))
        return self.events(events, speed, progress)

    def european_day(self, day: date, speed: float | None, progress: Progress) -> Sent:
        """Tell the scripted day with its passengers.

        Raises SettingsError, TooLate, DeliveryFailed.
        """
        told = self.story(european_day.LEGS, european_day.TRAVELLERS, day, european_day.SEED)
        return self.events(told, speed, progress)

    def story(
        self, legs: Sequence[ScriptedLeg], groups: Sequence[Travellers], day: date, seed: int
    ) -> list[Event]:
        """A day of these legs and travellers as events; `seed` draws who they are, sealed.

        Raises SettingsError without a master key.
        """
        if self._settings.master_key is None:
            raise SettingsError("sealing passengers needs a key: set KNOCKON_MASTER_KEY")
        url = self._settings.database_url_for("knockon_keyring")
        keyring = Keyring(
            lambda: connect(url, "knockon-replay-keyring"),
            MasterKey(self._settings.master_key.get_secret_value()),
        )
        return tell(legs, manifest(groups, day.isoformat(), seed, keyring), day)

    def events(self, events: Iterable[Event], speed: float | None, progress: Progress) -> Sent:
        """Send events that are in the order of their time. Raises TooLate, DeliveryFailed."""
        coming = iter(events)
        first = list(islice(coming, 1))
        if first and not self._late:
            self._require_not_past(first[0].occurred_at)
        with self._publisher as publisher:  # what is told is delivered, also when it is cut short
            return replay(
                [chain(first, coming)],
                Producers(publisher, self._codec),
                pace=Pace(speed),
                faults=Faults(self._codec, FAULT_EVERY) if self._faults else None,
                flush_after=FLUSH_AFTER,
                progress=progress,
            )

    def _require_not_past(self, begins: datetime) -> None:
        """Without a database nobody knows how far event time has come, and nothing is required."""
        if self._settings.database_url is None:
            return
        with connect(self._settings.owner_database_url(), "knockon-replay") as connection:
            come_to = event_time(connection)
        if come_to is not None and come_to > begins:
            raise TooLate(come_to, begins)
