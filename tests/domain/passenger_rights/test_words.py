"""The reasons in plain words: the figures and names in them are those of the facts."""

from typing import Any

import pytest

from domain.passenger_rights import assess
from tests.domain.passenger_rights.facts import facts

GONE = {"event": "cancellation", "notice_minutes": 150, "reroute_offered": False}
LOWER = {"event": "downgrade", "class_booked": "J", "class_flown": "eco"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (GONE, "Told 2.5 hours before departure; no re-routing was offered."),
        (
            GONE | {"reroute_offered": True, "reroute_dep_early_minutes": 61,
                    "reroute_arr_late_minutes": 119},
            "a re-routing leaving 61 minutes early and arriving 119 minutes late is outside",
        ),
        (LOWER, "Placed in a lower class: economy for business."),
        (LOWER | {"class_flown": None}, "Placed in a lower class: unknown for business."),
        (LOWER | {"class_booked": None}, "Placed in a lower class: economy for unknown."),
        (LOWER | {"class_flown": "F"}, "Flown in first, booked in business: not a lower class."),
        ({"operating_licence": "swiss"}, "it was issued in Switzerland."),
        ({"operating_licence": "eea"}, "it was issued in Iceland or Norway."),
        (
            {"arrival_delay_minutes": 195, "arrival_basis": "on_block"},
            "Arrival at the final destination was 195 minutes after",
        ),
        ({"arrival_delay_minutes": 181}, "Arrival at the final destination was 181 minutes after"),
        ({}, "Departure 210 minutes late, at least 180: meals and two calls."),
        (
            {"via_airports": ("LHR",), "departure_delay_minutes": 20, "overnight": True},
            "The onward flight leaves a day later: meals and two calls.",
        ),
        ({"cause": "bird_strike"}, "that all reasonable measures were taken is not proven"),
        ({"cause": "bird_strike", "reasonable_measures_proven": False}, "shown to be lacking"),
        ({"excused_minutes": 7}, "7 minutes of the delay are excused and do not count."),
        ({"departure_airport": "QQQ"}, "an airport is not in the table"),
        ({"aircraft": "helicopter"}, "Result: outside UK261; nothing is owed under it."),
        ({"arrival_delay_minutes": None}, "Result: not decided, 0.00 to 350.00 GBP; needs arrival"),
        (LOWER, "no upper end is known; needs price of the leg, currency of the ticket."),
        (
            {"arrival_delay_minutes": 180},
            "other readings give 175.00 to 350.00 GBP, and a person confirms.",
        ),
    ],
)  # fmt: skip
def test_words(changes: dict[str, Any], words: str) -> None:
    assert words in assess(facts(**changes), "uk").explanation
