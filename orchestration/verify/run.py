"""Runs all checks against the stack that the settings name."""

from collections.abc import Callable, Collection, Iterator

from orchestration.verify.books import assessments_founded, books_sealed, ledger_balances
from orchestration.verify.findings import live_equals_batch
from orchestration.verify.offsets import offsets_accounted
from orchestration.verify.personal import no_plaintext
from orchestration.verify.verdict import Verdict
from streaming.broker import Broker
from streaming.errors import SettingsError
from streaming.keyring import Keyring, MasterKey
from streaming.settings import Settings
from streaming.store.database import connect

CHECKS = ("offsets", "findings", "balance", "seals", "assessments", "plaintext")
"""By the word that `--only` takes, in the order in which they run."""


def verify(
    settings: Settings, only: Collection[str] = CHECKS, head: str | None = None
) -> Iterator[Verdict]:
    """One verdict after the other, as they are reached; `head` is a seal's that was kept elsewhere.

    Raises SettingsError when the stack is not known, StoreError or BrokerError when it is away.
    """
    if settings.kafka_bootstrap_servers is None or settings.master_key is None:
        raise SettingsError("no stack is known: run `knockon up`, or name yours by environment")
    broker = Broker(settings.cluster())
    keys_url = settings.database_url_for("knockon_keyring")
    keyring = Keyring(
        lambda: connect(keys_url, "knockon-verify-keyring"),
        MasterKey(settings.master_key.get_secret_value()),
    )
    environment = {
        "KNOCKON_STATE_DIR": str(settings.state_dir),
        "KNOCKON_DATABASE_URL": settings.database_url_for("knockon_detector"),
    }
    with connect(settings.owner_database_url(), "knockon-verify", autocommit=True) as connection:
        checks: dict[str, Callable[[], Verdict]] = {
            "offsets": lambda: offsets_accounted(connection, broker),
            "findings": lambda: live_equals_batch(environment),
            "balance": lambda: ledger_balances(connection),
            "seals": lambda: books_sealed(connection, head),
            "assessments": lambda: assessments_founded(connection),
            "plaintext": lambda: no_plaintext(connection, keyring, broker),
        }
        for name in CHECKS:
            if name in only:
                yield checks[name]()
