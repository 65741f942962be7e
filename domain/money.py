"""Minor units and decimals: integers everywhere inside, decimals only where a file or form asks."""

from decimal import ROUND_HALF_UP, Decimal

_PLACES = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
         "VND", "VUV", "XAF", "XOF", "XPF"), 0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}  # fmt: skip
"""ISO 4217, list one: the currencies whose minor unit is not the hundredth."""


def places(currency: str) -> int:
    """Decimal places of a currency's minor unit."""
    return _PLACES.get(currency, 2)


def major(minor: int, currency: str) -> Decimal:
    """The amount in units of the currency, with all its places: 25000 EUR is 250.00."""
    return Decimal(minor).scaleb(-places(currency))


def minor(amount: Decimal, currency: str) -> int:
    """The amount in minor units; raises ValueError where it is finer than they are."""
    if not amount.is_finite():
        raise ValueError(f"{amount} is no amount")
    scaled = amount.scaleb(places(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} {currency} is finer than the minor unit")
    return int(scaled)


def rounded(amount: Decimal) -> int:
    """Half up, away from zero: the only rounding there is (MO-04)."""
    return int(amount.to_integral_value(ROUND_HALF_UP))
