"""What the demo and `knockon replay` put on the topics."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta

from domain.events import Event
from streaming.broker import Broker, Publisher
from streaming.broker.registry import Registry
from streaming.codec import Codec
from streaming.errors import SettingsError
from streaming.keyring import Keyring, MasterKey
from streaming.producer import EventProducer
from streaming.replay import Faults, Pace, Sent, replay
from streaming.settings import Settings
from streaming.simulator.scenarios import european_day
from streaming.simulator.scenarios.manifest import manifest
from streaming.simulator.scenarios.telling import tell
from streaming.sources.nycflights13.read import Files
from streaming.sources.nycflights13.timeline import events_of
from streaming.store.database import connect
from streaming.topics import TOPICS

Progress = Callable[[datetime, int], None]
FAULT_EVERY = 400
FLUSH_AFTER = timedelta(hours=6)
"""Event time added at the end of a day, so that every decision time and watermark is passed."""


class Feed:
    """A producer on the stack that the settings name; makes the topics when they are missing."""

    def __init__(self, settings: Settings) -> None:
        if settings.kafka_bootstrap_servers is None or settings.schema_registry_url is None:
            raise SettingsError("no stack is known: run `knockon up`, or name yours by environment")
        self._settings = settings
        Broker(settings.kafka_bootstrap_servers).ensure_topics(TOPICS.values())
        self._codec = Codec(Registry(settings.schema_registry_url))
        publisher = Publisher(settings.kafka_bootstrap_servers, "knockon-replay")
        self._producer = EventProducer(publisher, self._codec)

    def flights(
        self, files: Files, first: date, last: date, speed: float | None, progress: Progress
    ) -> Sent:
        """Replay real days of flights with their weather and a few spoilt records."""
        events = events_of(files, first, last, lambda: datetime.now(UTC))
        return self._replay([events], speed, progress)

    def european_day(self, day: date, speed: float | None, progress: Progress) -> Sent:
        """Tell the scripted day with its passengers."""
        if self._settings.master_key is None:
            raise SettingsError("sealing passengers needs KNOCKON_MASTER_KEY")
        url = self._settings.database_url_for("knockon_keyring")
        keyring = Keyring(
            lambda: connect(url, "knockon-replay-keyring"),
            MasterKey(self._settings.master_key.get_secret_value()),
        )
        people = manifest(european_day.TRAVELLERS, day.isoformat(), european_day.SEED, keyring)
        return self._replay([tell(european_day.LEGS, people, day)], speed, progress)

    def _replay(
        self, streams: Iterable[Iterable[Event]], speed: float | None, progress: Progress
    ) -> Sent:
        return replay(
            streams,
            self._producer,
            pace=Pace(speed),
            faults=Faults(self._codec, FAULT_EVERY),
            flush_after=FLUSH_AFTER,
            progress=progress,
        )
