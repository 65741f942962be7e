"""What lies on Kafka and is not landed, and what waits in the outbox, is told as lag."""

from streaming.broker import Broker
from streaming.store.database import connect
from streaming.store.lag import Lag, landing_lags, outbox_lag
from tests.streaming.landing.conftest import Landing, landing

__all__ = ["landing"]


def test_a_dead_lander_shows_what_it_leaves_lying(landing: Landing) -> None:
    broker = Broker(landing.cluster)
    topics = list(broker.identities(["flight.events", "external.data"]).values())
    landing.produce(100)

    def lags() -> list[Lag]:
        with connect(landing.database_url, "test", autocommit=True) as connection:
            return landing_lags(connection, topics, broker.ends(topics))

    assert [(lag.log, lag.rows) for lag in lags()] == [("flight.events", 100), ("external.data", 0)]
    lander = landing.lander()
    landing.wait_until_landed()
    assert [lag.rows for lag in lags()] == [0, 0]
    lander.kill()
    lander.wait()
    landing.produce(7)
    assert lags() == [Lag("lander", "flight.events", 7), Lag("lander", "external.data", 0)]


def test_what_waits_in_the_outbox_is_counted(landing: Landing) -> None:
    landing.produce(0, unreadable=3)
    landing.lander()
    landing.wait_until_landed()
    with connect(landing.database_url, "test", autocommit=True) as connection:
        assert outbox_lag(connection) == Lag("relay", "outbox.entries", 3)
