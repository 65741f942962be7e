"""What the commands of payments read and write: accounts, rates, and the files for the bank."""

import json
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from orchestration.cli.claims import validated
from orchestration.results import whole

if TYPE_CHECKING:
    from domain.payments import Debtor
    from streaming.keyring import Keyring


def keyring() -> "Keyring":
    """That of the settings. Raises SettingsError without a master key."""
    from streaming.errors import SettingsError
    from streaming.keyring import Keyring, MasterKey
    from streaming.settings import Settings
    from streaming.store.database import connect

    settings = Settings()
    if settings.master_key is None:
        raise SettingsError("bank details are sealed under a key: set KNOCKON_MASTER_KEY")
    url = settings.database_url_for("knockon_keyring")
    return Keyring(
        lambda: connect(url, "knockon-desk-keyring"),
        MasterKey(settings.master_key.get_secret_value()),
    )


def loaded(file: Any) -> dict[str, Any]:
    """A JSON object; raises BadParameter."""
    try:
        found = json.load(file)
    except ValueError:
        raise typer.BadParameter("the file is no JSON") from None
    if not isinstance(found, dict):
        raise typer.BadParameter("the file is no JSON object")
    return found


def debtor(file: Any) -> "Debtor":
    """Our account that pays; raises BadParameter."""
    from domain.payments import BankDetails, Debtor

    facts = loaded(file)
    currency = facts.pop("currency", "EUR")
    found: Debtor = validated(
        Debtor, {"account": validated(BankDetails, facts), "currency": currency}
    )
    return found


def rate(text: str | None) -> Any:
    """A rate of the command line; raises BadParameter."""
    from domain.payments import Rate

    if text is None:
        return None
    try:
        owed, to, value, on, source, policy = text.split(maxsplit=5)
        return Rate(owed, to, Decimal(value), date.fromisoformat(on), source, policy)
    except (ValueError, InvalidOperation):
        raise typer.BadParameter(
            "a rate is 'OWED PAID VALUE DAY SOURCE POLICY', e.g. 'EUR GBP 0.8412 2026-11-27 ECB "
            "day of payment'"
        ) from None


def known(form: str) -> None:
    """Raises BadParameter for a format there is not."""
    from streaming.desk.payments import FORMATS

    if form not in FORMATS:
        raise typer.BadParameter(f"no format is called {form}: {', '.join(FORMATS)}")


def write(out: Path, name: str, form: str, content: str) -> Path:
    """Whole or not at all, and for its owner's eyes alone: it holds bank details."""
    path = out / f"{name}.{'xml' if form == 'pain.001' else 'csv'}"
    with whole(path, private=True) as file:
        file.write(content)
    return path
