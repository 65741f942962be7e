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


class Overdrawn(LedgerBroken):
    """More is to be moved than there is: paid above approved, approved above owed."""

    def __init__(self, what: str, wanted: int, there: int, currency: str) -> None:
        super().__init__(
            f"{what}: {wanted} {currency} wanted, {there} {currency} there (minor units); "
            "assess, approve or schedule the rest first"
        )
        self.wanted, self.there, self.currency = wanted, there, currency


class NothingOwed(LedgerBroken):
    """A move on an obligation that no assessment stands behind."""

    def __init__(self, move: str) -> None:
        super().__init__(f"{move}: the books of this obligation are empty; assess it first")
