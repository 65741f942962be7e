"""Connections to PostgreSQL are cut in the middle of COPY and of COMMIT, under a living lander."""

import time
from collections.abc import Iterator

import pytest

from tests.torture import doomed, table
from tests.torture.conftest import Ground
from tests.torture.proxy import Cut, Proxy


@pytest.fixture
def proxy(ground: Ground) -> Iterator[Proxy]:
    one = Proxy(ground.landing.database_url)
    yield one
    one.close()


CUTS: tuple[Cut, ...] = (
    "mid-COPY",
    "before COMMIT arrives",
    "after COMMIT, before its answer",
)


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.torture
@pytest.mark.timeout(600)
def test_a_cut_connection_loses_and_doubles_nothing(ground: Ground, proxy: Proxy, cut: Cut) -> None:
    row = table.scenario(f"connection cut {cut}")
    lander = ground.start(doomed.land, database_url=proxy.url, most_records=400)
    for number in range(25):
        proxy.arm(cut, after_bytes=5_000 + 1_500 * number)
        ground.produce(400, unreadable=1)
        assert proxy.done.wait(30), "nothing was cut"
        cut_at = time.monotonic()
        row.hit(400)
        ground.produce(1)
        ground.wait_until_landed()
        row.recovered.append(time.monotonic() - cut_at)
        assert lander.alive
    row.verdict = ground.verdict()
    assert row.verdict.right
