"""Make the schemas, and give dbt its own."""

from alembic import op

revision = "0001"
down_revision = None

OURS = {
    "logs": "Which logs exist, how far each is written and read.",
    "landed": "Every record of a landing topic, once, in typed columns.",
    "outbox": "What waits to be published on Kafka.",
    "keyring": "Wrapped data keys and who opened what.",
    "detected": "Findings and the snapshots of folds.",
    "derived": "What the assets make of events and findings.",
    "ledger": "Accounts, transactions, postings: append-only, balanced at commit.",
}
BUILT_BY_DBT = {
    "staging": "Sources renamed and cast.",
    "intermediate": "Joins with one purpose.",
    "marts": "What analysts read.",
}


def upgrade() -> None:
    for schema, comment in OURS.items():
        op.execute(f"create schema if not exists {schema}")
        op.execute(f"comment on schema {schema} is '{comment}'")
    for schema, comment in BUILT_BY_DBT.items():
        op.execute(f"create schema {schema} authorization knockon_dbt")
        op.execute(f"comment on schema {schema} is '{comment}'")


def downgrade() -> None:
    for schema in BUILT_BY_DBT:
        op.execute(f"drop schema {schema} cascade")
    # `logs` stays: Alembic's own version table lives there.
    for schema in reversed([name for name in OURS if name != "logs"]):
        op.execute(f"drop schema {schema}")
