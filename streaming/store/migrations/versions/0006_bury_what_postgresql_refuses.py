"""Know dead letters of a further kind: well-formed events of which PostgreSQL refused the row."""

from alembic import op

revision = "0006"
down_revision = "0005"

NAME = "error_type_known"
BEFORE = "'undecodable', 'unknown_schema', 'invalid', 'oversized'"


def upgrade() -> None:
    _allow(f"{BEFORE}, 'refused'")


def downgrade() -> None:
    op.execute("update landed.dead_letters set error_type = 'invalid' where error_type = 'refused'")
    _allow(BEFORE)


def _allow(types: str) -> None:
    op.drop_constraint(op.f(f"ck_dead_letters_{NAME}"), "dead_letters", schema="landed")
    op.create_check_constraint(
        op.f(f"ck_dead_letters_{NAME}"), "dead_letters", f"error_type in ({types})", schema="landed"
    )
