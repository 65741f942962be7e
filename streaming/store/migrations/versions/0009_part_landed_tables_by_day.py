"""Part the landed tables by the day of the record's Kafka timestamp.

What is there is copied: an upgrade takes about as long as landing the rows anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

TABLES = ("flight_events", "external_data", "passenger_events")
IDENTITY = 'log_id, partition, "offset"'
INDEXES = {
    "ix_flight_events_leg_id": ("flight_events", "(leg_id)"),
    "ix_passenger_events_journey_id": ("passenger_events", "(journey_id)"),
    "ix_passenger_events_leg_ids": ("passenger_events", "using gin (leg_ids)"),
}
UTC_DAY = "(recorded_at at time zone 'UTC')::date"

MAKE_DAY = f"""
create function landed.make_day(name text, day date) returns boolean
language plpgsql security definer set search_path = pg_catalog set lock_timeout = '2s' as $$
declare
    leaf text := format('%s_%s', name, to_char(day, 'YYYYMMDD'));
    since timestamptz := day::timestamp at time zone 'UTC';
    until timestamptz := (day + 1)::timestamp at time zone 'UTC';
begin
    if name not in {TABLES} then
        raise exception 'landed.% is not parted by day', name;
    end if;
    -- A producer that writes its own timestamps must not fill the catalogue with tables.
    if day not between (now() at time zone 'UTC')::date - 400
    and (now() at time zone 'UTC')::date + 7 then
        return false;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('landed.make_day', 0));
    if to_regclass(format('landed_days.%I', leaf)) is not null then
        return false;  -- it is there, or it was detached: then late rows stay with the rest
    end if;
    execute format('create table landed_days.%I (like landed.%I including all)', leaf, name);
    execute format(
        'with moved as (delete from landed_days.%I where recorded_at >= %L and recorded_at < %L'
        ' returning *) insert into landed_days.%I select * from moved',
        name || '_rest', since, until, leaf);
    execute format(
        'alter table landed.%I attach partition landed_days.%I for values from (%L) to (%L)',
        name, leaf, since, until);
    return true;
end $$
"""
DETACH_DAYS = f"""
create function landed.detach_days(keep integer) returns setof text
language plpgsql security definer set search_path = pg_catalog set lock_timeout = '2s' as $$
declare
    old record;
begin
    if keep < 8 then
        raise exception 'days are kept for 8 at the least, longer than Kafka keeps their records';
    end if;
    for old in
        select parent.relname as name, leaf.relname as leaf
        from pg_inherits i join pg_class leaf on leaf.oid = i.inhrelid
        join pg_class parent on parent.oid = i.inhparent
        where parent.relnamespace = 'landed'::regnamespace and parent.relname in {TABLES}
        and leaf.relname ~ '_[0-9]{{8}}$'
        and to_date(right(leaf.relname, 8), 'YYYYMMDD') < (now() at time zone 'UTC')::date - keep
        order by 2
    loop
        execute format('alter table landed.%I detach partition landed_days.%I', old.name, old.leaf);
        return next old.leaf;
    end loop;
end $$
"""


def upgrade() -> None:
    op.execute("create schema landed_days")
    op.execute("comment on schema landed_days is 'The parts of landed tables: one a day.'")
    op.create_table(
        "days",
        sa.Column("log_id", sa.Integer(), nullable=False, comment="The log."),
        sa.Column("partition", sa.Integer(), nullable=False, comment="Partition of the log."),
        sa.Column(
            "since",
            sa.BigInteger(),
            nullable=False,
            comment="The first offset that this holds for, until the next row's.",
        ),
        sa.Column(
            "first_day", sa.Date(), nullable=False, comment="No record is of a day before, in UTC."
        ),
        sa.Column(
            "last_day", sa.Date(), nullable=False, comment="No record is of a day after, in UTC."
        ),
        sa.ForeignKeyConstraint(["log_id"], ["logs.logs.log_id"], name=op.f("fk_days_log_id_logs")),
        sa.PrimaryKeyConstraint("log_id", "partition", "since", name=op.f("pk_days")),
        schema="logs",
        comment="Of which days the landed records of an offset range are: where to look for them.",
    )
    op.execute("grant select, insert, update on logs.days to knockon_lander")
    op.execute("grant select on logs.days to knockon_detector, knockon_assets, knockon_dbt")
    op.execute(MAKE_DAY)
    op.execute(DETACH_DAYS)
    for function in ("make_day(text, date)", "detach_days(integer)"):
        op.execute(f"revoke execute on function landed.{function} from public")
        op.execute(f"grant execute on function landed.{function} to knockon_lander")
    for name in TABLES:
        _replace(name, "partition by range (recorded_at)", f"{IDENTITY}, recorded_at")
        op.execute(f"create table landed_days.{name}_rest partition of landed.{name} default")
        op.execute(
            f"select landed.make_day('{name}', day) from"
            f" (select distinct {UTC_DAY} as day from landed.{name}_before) days"
        )
        _move(name)
        op.execute(
            "insert into logs.days (log_id, partition, since, first_day, last_day)"
            f" select log_id, partition, 0, min({UTC_DAY}), max({UTC_DAY})"
            f" from landed.{name} group by 1, 2"
        )


def downgrade() -> None:
    for name in TABLES:
        _replace(name, "", IDENTITY)
        _move(name)
    op.execute("drop function landed.detach_days")
    op.execute("drop function landed.make_day")
    op.drop_table("days", schema="logs")
    op.execute("drop schema landed_days cascade")


def _replace(name: str, parted: str, key: str) -> None:
    """A table of the same columns, comments, indexes and rights in the place of the old one."""
    op.execute(f"alter table landed.{name} rename to {name}_before")
    op.execute(f"alter table landed.{name}_before rename constraint pk_{name} to pk_{name}_before")
    op.execute(
        f"create table landed.{name} (like landed.{name}_before including comments) {parted}"
    )
    op.execute(f"alter table landed.{name} add constraint pk_{name} primary key ({key})")
    op.execute(
        f"alter table landed.{name} add constraint fk_{name}_log_id_logs"
        " foreign key (log_id) references logs.logs (log_id)"
    )
    for index, (table, on) in INDEXES.items():
        if table == name:
            op.execute(f"alter index landed.{index} rename to {index}_before")
            op.execute(f"create index {index} on landed.{name} {on}")
    op.execute(f"comment on table landed.{name} is 'Grain: one record of topic {_topic(name)}.'")
    op.execute(
        f"do $$ declare given record; begin"
        " for given in"
        " select privilege_type, '' as columns, grantee from aclexplode("
        f"(select relacl from pg_class where oid = 'landed.{name}_before'::regclass))"
        " union all select privilege_type, format('(%I)', attname), grantee"
        f" from pg_attribute, aclexplode(attacl) where attrelid = 'landed.{name}_before'::regclass"
        f" loop execute format('grant %s %s on landed.{name} to %s',"
        " given.privilege_type, given.columns, given.grantee::regrole); end loop; end $$"
    )


def _move(name: str) -> None:
    op.execute(f"insert into landed.{name} select * from landed.{name}_before")
    op.execute(f"drop table landed.{name}_before")


def _topic(name: str) -> str:
    return name.replace("_", ".")
