"""PostgreSQL refuses an unbalanced transaction, and any change to what is booked or recorded."""

from alembic import op

revision = "0003"
down_revision = "0002"

APPEND_ONLY = ("ledger.transactions", "ledger.postings", "keyring.accesses")

BALANCED = """
create function ledger.refuse_unbalanced() returns trigger language plpgsql as $$
declare
    broken record;
begin
    if not exists (select from ledger.postings where transaction_id = new.transaction_id) then
        raise exception 'transaction % has no postings', new.transaction_id
            using errcode = 'check_violation';
    end if;
    select currency, sum(amount_minor) as off into broken
    from ledger.postings where transaction_id = new.transaction_id
    group by currency having sum(amount_minor) <> 0 limit 1;
    if found then
        raise exception 'transaction % is off balance by % %',
            new.transaction_id, broken.off, broken.currency using errcode = 'check_violation';
    end if;
    return null;
end $$
"""
APPENDED = """
create function ledger.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '%.% is append-only: book a reversal instead', tg_table_schema, tg_table_name
        using errcode = 'insufficient_privilege';
end $$
"""


def upgrade() -> None:
    op.execute(BALANCED)
    op.execute(APPENDED)
    for table in ("transactions", "postings"):
        # Deferred: lines arrive one by one, the balance counts when the transaction commits.
        op.execute(
            f"create constraint trigger {table}_balance after insert on ledger.{table}"
            " deferrable initially deferred for each row"
            " execute function ledger.refuse_unbalanced()"
        )
    for table in APPEND_ONLY:
        op.execute(
            f"create trigger {table.split('.')[1]}_append_only"
            f" before update or delete or truncate on {table}"
            " for each statement execute function ledger.refuse_change()"
        )


def downgrade() -> None:
    for table in APPEND_ONLY:
        op.execute(f"drop trigger {table.split('.')[1]}_append_only on {table}")
    for table in ("transactions", "postings"):
        op.execute(f"drop trigger {table}_balance on ledger.{table}")
    op.execute("drop function ledger.refuse_change()")
    op.execute("drop function ledger.refuse_unbalanced()")
