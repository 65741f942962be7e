"""`python -m streaming.landing`: the lander as a worker; stops gracefully on SIGTERM and SIGINT."""

import os
import signal
import socket
from threading import Event as Signal

from streaming.broker import Broker
from streaming.broker.registry import Registry
from streaming.codec import Codec
from streaming.collecting import collect_seldom
from streaming.errors import SettingsError
from streaming.failures import Retrying
from streaming.heartbeat import heartbeat
from streaming.keyring import Keyring, MasterKey
from streaming.landing import Budget, Lander, Sort
from streaming.logging import configure
from streaming.settings import Settings
from streaming.store.database import connect
from streaming.topics import LANDING, TOPICS


def main() -> None:
    """Build everything from the settings and land until told to stop."""
    settings = Settings()
    configure("lander", settings.log_level)
    if settings.schema_registry_url is None:
        raise SettingsError("the lander needs SCHEMA_REGISTRY_URL")
    if settings.master_key is None:
        raise SettingsError("the lander needs KNOCKON_MASTER_KEY: unreadable records are sealed")
    stop = Signal()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    broker = Broker(settings.cluster())
    codec = Codec(Registry(settings.schema_registry_url, settings.registry_access()))

    def prepare() -> None:
        broker.ensure_topics(TOPICS.values())
        for topic in TOPICS:
            codec.register(topic)

    Retrying("landing").until_done(prepare, stop)
    keys_url = settings.database_url_for("knockon_keyring")
    keyring = Keyring(
        lambda: connect(keys_url, "knockon-lander-keyring"),
        MasterKey(settings.master_key.get_secret_value()),
    )
    url = settings.database_url_for("knockon_lander")
    share = settings.dead_letter_budget
    lander = Lander(
        lambda: connect(url, "knockon-lander"),
        broker,
        Sort(codec, keyring),
        LANDING,
        owner=f"{socket.gethostname()}/{os.getpid()}",
        share=(settings.lander, settings.landers),
        keep_days=settings.landed_days,
        budget=Budget(None if share == "off" else share, settings.dead_letter_window),
        beat=heartbeat(settings.heartbeat_file),
    )
    collect_seldom()
    lander.run(stop)


main()
