"""`python -m streaming.relay`: the relay as a worker; stops gracefully on SIGTERM and SIGINT."""

import signal
from threading import Event as Signal

from streaming.broker import Broker
from streaming.broker.registry import Registry
from streaming.codec import Codec
from streaming.errors import SettingsError
from streaming.failures import Retrying
from streaming.heartbeat import heartbeat
from streaming.logging import configure
from streaming.relay import Relay
from streaming.settings import Settings
from streaming.store.database import connect
from streaming.topics import TOPICS


def main() -> None:
    """Build everything from the settings and publish until told to stop."""
    settings = Settings()
    configure("relay", settings.log_level)
    if settings.schema_registry_url is None:
        raise SettingsError("the relay needs SCHEMA_REGISTRY_URL")
    stop = Signal()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    broker = Broker(settings.cluster())
    codec = Codec(Registry(settings.schema_registry_url, settings.registry_access()))
    Retrying("relay").until_done(lambda: broker.ensure_topics(TOPICS.values()), stop)
    url = settings.database_url_for("knockon_relay")
    Relay(
        lambda: connect(url, "knockon-relay", autocommit=True),
        broker,
        codec,
        beat=heartbeat(settings.heartbeat_file),
    ).run(stop)


main()
