"""What can be wrong with the network's reference data."""


class UnknownAirport(LookupError):
    """An IATA code that the airport table does not hold."""

    def __init__(self, iata: str) -> None:
        super().__init__(
            f"airport {iata!r} is not in domain/network/data/airports.csv: "
            "check the code, or add the airport with its source"
        )
        self.iata = iata
