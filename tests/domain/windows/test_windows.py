"""Laws of windows: cuts, sliding and tumbling, membership, closing, snapshots."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from operator import add
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.detection import freeze, thaw
from domain.windows import EPOCH, Closed, Windows

MINUTE = timedelta(minutes=1)
STEP = 15 * MINUTE
Record = tuple[str, int]
"""Key, and minutes since the epoch."""

steps = st.integers(1, 5)
records = st.lists(st.tuples(st.sampled_from("abc"), st.integers(-500, 2_000)), max_size=60).map(
    lambda found: sorted(found, key=lambda record: record[1])
)


def windows(many: int) -> Windows[str, int]:
    return Windows(many * STEP, STEP)


def feed(into: Windows[str, int], told: list[Record]) -> list[Closed[str, int]]:
    """As live: each record is a watermark too, for what lies before it."""
    closed = []
    for key, minute in told:
        closed += into.close(EPOCH + minute * MINUTE, add)
        into.add(key, EPOCH + minute * MINUTE, 1, add)
    return closed


def whole(many: int, told: list[Record]) -> list[Closed[str, int]]:
    """As batch: everything first, then one watermark after all of it."""
    batch = windows(many)
    for key, minute in told:
        batch.add(key, EPOCH + minute * MINUTE, 1, add)
    return batch.close(EPOCH + 5_000 * MINUTE, add)


@given(many=steps, told=records, cuts=st.lists(st.integers(0, 60)))
def test_any_cut_gives_the_same_windows_also_over_a_snapshot(
    many: int, told: list[Record], cuts: list[int]
) -> None:
    live, closed = windows(many), list[Closed[str, int]]()
    places = [0, *sorted(cuts), len(told)]
    for since, until in pairwise(places):
        closed += feed(live, told[since:until])
        live = thaw(freeze(live), [Windows])
    closed += live.close(EPOCH + 5_000 * MINUTE, add)
    assert closed == whole(many, told)
    assert not live.panes, "what has closed takes no room"


@given(many=steps, told=records)
def test_windows_hold_what_the_definition_says(many: int, told: list[Record]) -> None:
    """By hand: the window that begins at step i holds the records of [i, i + many)."""
    expected = Counter(
        (key, EPOCH + (minute // 15 - back) * STEP) for key, minute in told for back in range(many)
    )
    found = whole(many, told)
    assert {(one.key, one.start): one.value for one in found} == expected
    assert sum(one.value for one in found) == many * len(told), "each is in size / step windows"
    assert all(one.end - one.start == many * STEP for one in found)
    assert [one.end for one in found] == sorted(one.end for one in found)


@given(told=records)
def test_sliding_by_its_size_is_tumbling(told: list[Record]) -> None:
    found = whole(1, told)
    assert sum(one.value for one in found) == len(told)
    assert all((one.start - EPOCH) % STEP == timedelta(0) for one in found)


@given(many=steps, told=records, watermark=st.integers(-500, 2_500))
def test_nothing_is_added_to_what_has_closed(many: int, told: list[Record], watermark: int) -> None:
    live = windows(many)
    live.close(EPOCH + watermark * MINUTE, add)
    ended = watermark // 15 * 15
    for key, minute in told:
        if minute < ended:
            with pytest.raises(ValueError, match="has closed"):
                live.add(key, EPOCH + minute * MINUTE, 1, add)
        else:
            live.add(key, EPOCH + minute * MINUTE, 1, add)
    assert all(one.end > EPOCH + ended * MINUTE for one in feed(live, []))
    assert live.close(EPOCH + watermark * MINUTE, add) == []


def test_a_record_costs_the_same_however_long_the_window() -> None:
    """A year in steps of a minute holds one pane for each minute in which something was."""
    year = Windows[str, int](timedelta(days=365), MINUTE)
    for second in range(600):
        year.add("a", EPOCH + timedelta(seconds=second), 1, add)
    assert len(year.panes) == 10


@pytest.mark.parametrize(("size", "step"), [(60, 7), (15, 60), (60, 0), (0, 15)])
def test_a_size_that_is_no_multiple_of_the_step_is_refused(size: Any, step: Any) -> None:
    with pytest.raises(ValueError, match="cannot be made"):
        Windows(size * MINUTE, step * MINUTE)
