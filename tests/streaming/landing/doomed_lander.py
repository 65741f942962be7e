"""A lander, or one without its guard: run as a process by the tests."""

import json
import os
import signal
import sys
from threading import Event as Signal

from streaming.broker import Broker
from streaming.broker.registry import Registry
from streaming.cluster import Cluster
from streaming.codec import Codec
from streaming.keyring import Keyring, MasterKey
from streaming.landing import Lander, Sort
from streaming.store import landing as stored
from streaming.store.database import connect
from streaming.topics import LANDING


class Unfenced(Lander):
    """The lander with the fence taken out: claims by force, moves ends without comparing."""

    def claim(self, connection, log_id, partition):
        return stored.claim(connection, log_id, partition, self._owner, by_force=True)

    def move(self, connection, moves):
        for claim, until in moves:
            connection.execute(
                "update logs.ends set next_offset = %s where log_id = %s and partition = %s",
                (until, claim.log_id, claim.partition),
            )


class Forcing(Lander):
    """Takes partitions from a living owner, as after a network partition."""

    def claim(self, connection, log_id, partition):
        return stored.claim(connection, log_id, partition, self._owner, by_force=True)


KINDS = {"fenced": Lander, "forcing": Forcing, "unfenced": Unfenced}


def main() -> None:
    given = json.loads(sys.argv[1])
    stop = Signal()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    url = given["database_url"]
    keyring = Keyring(lambda: connect(url, "keys"), MasterKey(given["master_key"]))
    codec = Codec(Registry(given["registry_url"]))
    KINDS[given.get("kind", "fenced")](
        lambda: connect(url, "lander"),
        Broker(Cluster(given["bootstrap_servers"])),
        Sort(codec, keyring),
        LANDING,
        owner=str(os.getpid()),
        share=tuple(given.get("share", (1, 1))),
    ).run(stop)


if __name__ == "__main__":
    main()
