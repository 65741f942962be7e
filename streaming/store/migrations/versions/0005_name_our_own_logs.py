"""Register the tables that are read as logs, so that readers may look for them before any row."""

from alembic import op

revision = "0005"
down_revision = "0004"

TABLE_LOGS = (
    "detected.findings",
    "derived.disruptions",
    "derived.features",
    "derived.forecasts",
    "derived.passenger_impacts",
    "derived.assessments",
    "ledger.transactions",
)


def upgrade() -> None:
    for name in TABLE_LOGS:
        op.execute(
            f"insert into logs.logs (kind, name) values ('table', '{name}')"
            " on conflict (name) where kind = 'table' do nothing"
        )


def downgrade() -> None:
    names = ", ".join(f"'{name}'" for name in TABLE_LOGS)
    for table in ("ends", "marks"):
        op.execute(
            f"delete from logs.{table} t using logs.logs l"
            f" where l.log_id = t.log_id and l.kind = 'table' and l.name in ({names})"
        )
    op.execute(f"delete from logs.logs where kind = 'table' and name in ({names})")
