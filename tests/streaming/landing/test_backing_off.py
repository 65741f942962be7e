"""How long a lander waits after a failure hangs on failures in a row, not on those of its life."""

from threading import Event as Signal

import pytest

from streaming.landing import lander
from streaming.store.database import Unavailable
from tests.streaming.landing.conftest import Landing


class Impatient(Signal):
    """Writes down how long it should have waited, and does not."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.pauses.append(timeout)
        return self.is_set()


def test_what_has_landed_ends_a_row_of_failures(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lander, "MOST_RECORDS", 10)
    landing.produce(60)
    stop, batches = Impatient(), 0

    def at(point: str) -> None:
        nonlocal batches
        if point == "before_fence":
            batches += 1
            if batches % 2:
                raise Unavailable("away for a moment")
        if point == "after_commit" and landing.accounted() == 60:
            stop.set()

    landing.here(at=at).run(stop)
    assert len(stop.pauses) >= 6
    assert max(stop.pauses) <= 0.1 * 2 * 1.5
