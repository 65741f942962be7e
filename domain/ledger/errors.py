"""What the ledger refuses."""


class LedgerBroken(Exception):
    """Books that contradict themselves, or a transaction that may not be built."""


class Unbalanced(LedgerBroken):
    """A transaction whose lines do not sum to zero in every currency."""

    def __init__(self, remainders: dict[str, int]) -> None:
        off = ", ".join(f"{minor} {currency}" for currency, minor in sorted(remainders.items()))
        super().__init__(
            f"transaction does not balance: off by {off} (minor units); add the missing line"
        )
        self.remainders = remainders


class UnknownAccount(LedgerBroken):
    """An account that the chart does not hold."""

    def __init__(self, name: str) -> None:
        super().__init__(f"account {name!r} is not in domain/ledger/data/chart.csv: add it there")
        self.name = name
