"""Close accounting periods: what was booked when is in one for good, and late facts go on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"

TABLES = ("periods", "closings")
VIEWS = ("spans", "placements")

OPENED = """
create function ledger.refuse_period() returns trigger language plpgsql as $$
begin
    if exists (select from ledger.closings c join ledger.periods p on p.name = c.period
               where p.first_day > new.last_day) then
        raise exception 'period % would begin before one that is closed', new.name
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    return new;
end $$
"""
# Whoever writes the books holds their tables in row exclusive mode until commit, so this waits
# for all that are under way, and those that come later wait for it.
CLOSED = """
create function ledger.close_period() returns trigger language plpgsql as $$
begin
    lock table ledger.periods, ledger.transactions, ledger.postings in share row exclusive mode;
    if exists (select from ledger.periods p join ledger.periods own on own.name = new.period
               where p.first_day < own.first_day
               and not exists (select from ledger.closings where period = p.name)) then
        raise exception 'period % has an open one before it', new.period
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    new.following := greatest(
        coalesce((select max(sequence) + 1 from ledger.transactions), 0),
        coalesce((select next_offset from logs.ends join logs.logs using (log_id)
                  where name = 'ledger.transactions'), 0));
    return new;
end $$
"""
# A snapshot from before a closing would not see it.
GUARDED = """
create function ledger.refuse_closed() returns trigger language plpgsql as $$
declare
    closed bigint;
    lowest bigint;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'the books are written at read committed'
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    select max(following) into closed from ledger.closings;
    if closed is null then
        return null;
    end if;
    if tg_table_name = 'transactions' then
        select min(sequence) into lowest from added;
    else
        select min((select t.sequence from ledger.transactions t
                    where t.transaction_id = one.transaction_id)) into lowest
        from (select distinct transaction_id from added) one;
    end if;
    if lowest < closed then
        raise exception 'sequence % is in a closed period: nothing goes in before %',
            lowest, closed using errcode = 'object_not_in_prerequisite_state';
    end if;
    return null;
end $$
"""
SPANS = """
create view ledger.spans as
select name, first_day, last_day,
    case when lag(name) over calendar is null then '-infinity'::timestamptz
        else first_day::timestamp at time zone 'UTC' end as begins_at,
    (last_day + 1)::timestamp at time zone 'UTC' as ends_at,
    case when lag(name) over calendar is null then 0
        else coalesce(lag(following) over calendar, 9223372036854775807) end as from_sequence,
    coalesce(following, 9223372036854775807) as until_sequence
from ledger.periods left join ledger.closings on period = name
window calendar as (order by first_day)
"""
PLACEMENTS = """
create view ledger.placements as
select t.transaction_id, t.sequence, s.name as period,
    case when t.occurred_at < s.begins_at then (
        select own.name from ledger.spans own
        where t.occurred_at >= own.begins_at and t.occurred_at < own.ends_at) end as late_for
from ledger.transactions t left join ledger.spans s
    on t.occurred_at < s.ends_at and t.sequence < s.until_sequence
    and (t.occurred_at >= s.begins_at or t.sequence >= s.from_sequence)
"""
COMMENTS = {
    "spans": "What is in a period: what happened in it and was booked before until_sequence, and "
    "what happened earlier and was booked from from_sequence on, when those before were closed.",
    "placements": "Grain: one transaction, with its period (null where none is open for it yet) "
    "and the closed one that it comes late for.",
}


def upgrade() -> None:
    op.create_table(
        "periods",
        sa.Column("name", sa.Text(), nullable=False, comment="Its name, e.g. 2026-11."),
        sa.Column("first_day", sa.Date(), nullable=False, comment="First day in it, UTC."),
        sa.Column("last_day", sa.Date(), nullable=False, comment="Last day in it, UTC."),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_periods_not_empty")),
        postgresql.ExcludeConstraint(
            (sa.text("daterange(first_day, last_day, '[]')"), "&&"),
            name=op.f("ex_periods_no_overlap"),
            using="gist",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_periods")),
        schema="ledger",
        comment="Grain: one accounting period. No update, no delete.",
    )
    op.create_table(
        "closings",
        sa.Column("period", sa.Text(), nullable=False, comment="The period that was closed."),
        sa.Column(
            "closed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When, by PostgreSQL's clock.",
        ),
        sa.Column(
            "closed_by", sa.Text(), nullable=False, comment="Who closed it, by their own id."
        ),
        sa.Column(
            "following",
            sa.BigInteger(),
            nullable=False,
            comment="The sequence of the first transaction booked after it; set by PostgreSQL.",
        ),
        sa.Column(
            "head", sa.Text(), nullable=True, comment="Head of the newest seal; null without one."
        ),
        sa.CheckConstraint("closed_by <> ''", name=op.f("ck_closings_by_somebody")),
        sa.ForeignKeyConstraint(
            ["period"], ["ledger.periods.name"], name=op.f("fk_closings_period_periods")
        ),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_closings")),
        schema="ledger",
        comment="Grain: one closed period. No update, no delete.",
    )
    for statement in (OPENED, CLOSED, GUARDED, SPANS, PLACEMENTS):
        op.execute(statement)
    op.execute(
        "create trigger periods_in_order before insert on ledger.periods"
        " for each row execute function ledger.refuse_period()"
    )
    op.execute(
        "create trigger closings_lock before insert on ledger.closings"
        " for each row execute function ledger.close_period()"
    )
    for table in ("transactions", "postings"):
        op.execute(
            f"create trigger {table}_open after insert on ledger.{table}"
            " referencing new table as added"
            " for each statement execute function ledger.refuse_closed()"
        )
    for table in TABLES:
        op.execute(
            f"create trigger {table}_append_only"
            f" before update or delete or truncate on ledger.{table}"
            " for each statement execute function ledger.refuse_change()"
        )
    for view, comment in COMMENTS.items():
        op.execute(f"comment on view ledger.{view} is '{comment}'")
    for name in (*TABLES, *VIEWS):
        op.execute(f"grant select on ledger.{name} to knockon_assets, knockon_dbt")


def downgrade() -> None:
    for view in reversed(VIEWS):
        op.execute(f"drop view ledger.{view}")
    for table in ("transactions", "postings"):
        op.execute(f"drop trigger {table}_open on ledger.{table}")
    for table in reversed(TABLES):
        op.drop_table(table, schema="ledger")
    for function in ("refuse_closed", "close_period", "refuse_period"):
        op.execute(f"drop function ledger.{function}()")
