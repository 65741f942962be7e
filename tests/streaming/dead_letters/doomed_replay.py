"""A replay of dead letters that kills itself at a named point: run as a process."""

import json
import os
import signal
import sys

from streaming.broker import Broker
from streaming.cluster import Cluster
from streaming.dead_letters import Opening, Replaying
from streaming.store import dead_letters as stored
from streaming.store.database import connect


def main() -> None:
    given = json.loads(sys.argv[1])

    def at(point: str) -> None:
        if point == given["die_at"]:
            os.kill(os.getpid(), signal.SIGKILL)

    with connect(given["database_url"], "test", autocommit=True) as connection:
        ids = stored.chosen(connection, stored.Filter(state="open"))
        opening = Opening(None, actor="test", purpose="test")
        broker = Broker(Cluster(given["bootstrap_servers"]))
        Replaying(connection, broker, opening, "doomed", at=at)(ids, lambda done: None)


main()
