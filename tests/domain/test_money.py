"""Minor units keep every cent on their way to a file and back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import major, minor, rounded


@given(st.integers(0, 10**12), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_minor_units_and_back(amount: int, currency: str) -> None:
    assert minor(major(amount, currency), currency) == amount


def test_money_has_its_own_places() -> None:
    texts = [str(major(25000, currency)) for currency in ("EUR", "JPY", "KWD")]
    assert texts == ["250.00", "25000", "25.000"]
    for wrong, words in (("0.001", "finer"), ("NaN", "no amount"), ("Infinity", "no amount")):
        with pytest.raises(ValueError, match=words):
            minor(Decimal(wrong), "EUR")


def test_half_is_rounded_away_from_zero() -> None:
    amounts = [rounded(Decimal(text)) for text in ("0.5", "1.5", "2.4999", "-0.5")]
    assert amounts == [1, 2, 2, -1]
