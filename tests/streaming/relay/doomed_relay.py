"""A relay that kills itself at a named point: run as a process by the tests."""

import json
import os
import signal
import sys
from threading import Event as Signal

from streaming.broker import Broker
from streaming.broker.registry import Registry
from streaming.cluster import Cluster
from streaming.codec import Codec
from streaming.relay import Relay
from streaming.store.database import connect


def main() -> None:
    given = json.loads(sys.argv[1])

    def at(point: str) -> None:
        if point == given.get("die_at"):
            os.kill(os.getpid(), signal.SIGKILL)

    stop = Signal()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    Relay(
        lambda: connect(given["database_url"], "relay", autocommit=True),
        Broker(Cluster(given["bootstrap_servers"])),
        Codec(Registry(given["registry_url"])),
        at=at,
    ).run(stop)


main()
