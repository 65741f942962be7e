"""Which components a start needs, and how many landers that is."""

import pytest

from orchestration.stack.errors import StackError
from orchestration.stack.plan import chosen, ports_of


def test_the_lander_stands_for_all_landers() -> None:
    assert chosen(["relay", "lander", "kafka"], 3) == [
        "kafka", "lander", "lander-2", "lander-3", "relay",
    ]  # fmt: skip
    again = chosen(["kafka", "lander", "lander-2"], 2)
    assert again == ["kafka", "lander", "lander-2"]
    assert ports_of(again) == ["kafka", "kafka-controller"]


def test_without_the_lander_there_are_none() -> None:
    assert chosen(["postgres"], 3) == ["postgres"]


def test_an_unknown_component_is_told_with_the_known_ones() -> None:
    with pytest.raises(StackError, match=r"no component moon.*choose from postgres"):
        chosen(["moon"])
