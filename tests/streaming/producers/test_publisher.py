"""The publisher's promises: bounded, counted, raised, and nothing left behind at the end."""

import signal
import time
from collections.abc import Callable
from threading import Thread

import pytest

from orchestration.stack import Stack
from streaming.broker import DeliveryFailed, Message, Publisher
from tests.streaming.producers.conftest import Place

VALUE = b"v" * 1_000


def message(number: int) -> Message:
    return Message("", b"key", b"%06d" % number + VALUE, [])


def eventually(true: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize(
    ("bounds", "most"), [({"most_messages": 100}, 100), ({"most_kbytes": 64}, 66)]
)
def test_the_caller_waits_while_the_broker_does_not_answer(
    stack: Stack, place: Place, bounds: dict[str, int], most: int
) -> None:
    publisher = place.publisher(**bounds)
    sent = 0

    def send() -> None:
        nonlocal sent
        for number in range(1_000):
            publisher.send(message(number))
            sent = number + 1

    publisher.send(message(0))
    publisher.flush()  # it knows the partition's leader
    stack.kill("kafka", signal.SIGSTOP)
    try:
        thread = Thread(target=send)
        thread.start()
        assert eventually(lambda: publisher.waiting >= most - 5)
        full = sent
        time.sleep(1)
        assert sent == full
        assert publisher.waiting == full <= most
        assert thread.is_alive()
    finally:
        stack.kill("kafka", signal.SIGCONT)
    thread.join(30)
    publisher.flush()
    assert (sent, publisher.delivered, publisher.failed) == (1_000, 1_001, 0)
    numbers = [int((record.value or b"")[:6]) for record in place.records()]
    assert numbers == [0, *range(1_000)]


@pytest.mark.parametrize("place", [{"largest_bytes": 50}], indirect=True)
def test_what_is_not_delivered_is_counted_and_raised_once(place: Place) -> None:
    publisher = place.publisher()
    publisher.send(message(0))
    with pytest.raises(DeliveryFailed, match=f"1 to {place.name}.*too large"):
        publisher.flush()
    assert (publisher.delivered, publisher.failed, publisher.waiting) == (0, 1, 0)
    publisher.flush()


def test_a_process_that_is_told_to_end_leaves_nothing_behind(place: Place) -> None:
    def told_to_end(publisher: Publisher) -> None:
        for number in range(500):
            publisher.send(message(number))
        raise SystemExit(128 + signal.SIGTERM)

    publisher = place.publisher()
    with pytest.raises(SystemExit), publisher:
        told_to_end(publisher)
    assert publisher.delivered == 500
    assert len(place.records()) == 500
