"""Give each role what its process needs; see streaming.store.roles for what the roles are for."""

from alembic import op
from sqlalchemy import text

revision = "0004"
down_revision = "0003"

READ, ADD, CHANGE = "select", "select, insert", "select, insert, update"

GRANTS: dict[str, dict[str, str]] = {
    "knockon_lander": {
        "logs.logs": ADD,
        "logs.ends": CHANGE,
        "landed.flight_events": ADD,
        "landed.external_data": ADD,
        "landed.passenger_events": ADD,
        "landed.dead_letters": ADD,
        "outbox.entries": ADD,
    },
    "knockon_detector": {
        "logs.logs": ADD,
        "logs.ends": CHANGE,
        "logs.marks": CHANGE,
        "landed.flight_events": READ,
        "landed.external_data": READ,
        "detected.findings": ADD,
        "detected.snapshots": "select, insert, update, delete",
        "outbox.entries": ADD,
    },
    "knockon_relay": {"outbox.entries": "select, update, delete"},
    "knockon_assets": {
        "logs.logs": ADD,
        "logs.ends": CHANGE,
        "logs.marks": CHANGE,
        "landed.flight_events": READ,
        "landed.external_data": READ,
        "landed.passenger_events": READ,
        "landed.dead_letters": READ,
        "detected.findings": READ,
        "detected.snapshots": "select, insert, update, delete",
        "derived.disruptions": ADD,
        "derived.features": ADD,
        "derived.forecasts": ADD,
        "derived.passenger_impacts": ADD,
        "derived.assessments": ADD,
        "ledger.accounts": CHANGE,
        "ledger.transactions": ADD,
        "ledger.postings": ADD,
    },
    "knockon_keyring": {"keyring.data_keys": CHANGE, "keyring.accesses": "select, insert"},
    "knockon_dbt": {
        "logs.logs": READ,
        "logs.ends": READ,
        "logs.marks": READ,
        "landed.flight_events": READ,
        "landed.external_data": READ,
        "detected.findings": READ,
        "derived.disruptions": READ,
        "derived.features": READ,
        "derived.forecasts": READ,
        "derived.passenger_impacts": READ,
        "derived.assessments": READ,
        "ledger.accounts": READ,
        "ledger.transactions": READ,
        "ledger.postings": READ,
    },
}
WITHOUT_SECRETS = {
    "landed.passenger_events": {"sealed"},
    "landed.dead_letters": {"payload", "record_key"},
}
"""What dbt may read but for these columns."""


def upgrade() -> None:
    for role, tables in GRANTS.items():
        for schema in sorted({table.split(".")[0] for table in tables}):
            op.execute(f"grant usage on schema {schema} to {role}")
        for table, rights in tables.items():
            op.execute(f"grant {rights} on {table} to {role}")
    op.execute("grant usage on schema landed to knockon_dbt")
    for table, secret in WITHOUT_SECRETS.items():
        columns = ", ".join(f'"{name}"' for name in _columns(table) if name not in secret)
        op.execute(f"grant select ({columns}) on {table} to knockon_dbt")
    op.execute("grant usage on schema marts to knockon_analyst")
    op.execute(
        "alter default privileges for role knockon_dbt in schema marts"
        " grant select on tables to knockon_analyst"
    )
    op.execute("alter role knockon_analyst set default_transaction_read_only = on")


def downgrade() -> None:
    op.execute(
        "alter default privileges for role knockon_dbt in schema marts"
        " revoke select on tables from knockon_analyst"
    )
    op.execute("revoke usage on schema marts from knockon_analyst")
    for table in WITHOUT_SECRETS:
        columns = ", ".join(f'"{name}"' for name in _columns(table))
        op.execute(f"revoke select ({columns}) on {table} from knockon_dbt")
    for role, tables in GRANTS.items():
        for table in tables:
            op.execute(f"revoke all on {table} from {role}")
        for schema in sorted({table.split(".")[0] for table in tables} | {"landed"}):
            op.execute(f"revoke usage on schema {schema} from {role}")


def _columns(table: str) -> list[str]:
    schema, name = table.split(".")
    rows = op.get_bind().execute(
        text(
            "select column_name from information_schema.columns"
            " where table_schema = :schema and table_name = :name order by ordinal_position"
        ),
        {"schema": schema, "name": name},
    )
    return [row[0] for row in rows]
