"""What every Kafka client of ours is told, whatever it does."""

from typing import Any


def client(bootstrap_servers: str) -> dict[str, Any]:
    """Where the cluster is, and how soon it is asked again after it went away."""
    return {
        "bootstrap.servers": bootstrap_servers,
        # By default the wait doubles to ten seconds, and a broker is back in three.
        "reconnect.backoff.ms": 50,
        "reconnect.backoff.max.ms": 1_000,
    }
