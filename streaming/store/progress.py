"""How far readers are behind, so that a caller can wait until all that was sent is worked off."""

from datetime import datetime

from streaming.store.database import Connection


def behind(connection: Connection) -> dict[str, int]:
    """Offsets written but not yet read, by reader; a reader that never ran is not listed."""
    rows = connection.execute(
        "select m.reader, sum(e.next_offset - m.next_offset)::bigint from logs.marks m"
        " join logs.ends e using (log_id, partition) group by 1"
    )
    return {row[0]: row[1] for row in rows}


def unread(connection: Connection, reader: str, log: str) -> int:
    """Offsets of all logs of this name that the reader has not read, also if it never ran."""
    row = connection.execute(
        "select coalesce(sum(e.next_offset - coalesce(m.next_offset, 0)), 0)::bigint"
        " from logs.ends e join logs.logs l using (log_id)"
        " left join logs.marks m on m.log_id = e.log_id and m.partition = e.partition"
        " and m.reader = %s where l.name = %s",
        (reader, log),
    ).fetchone()
    return int(row[0]) if row else 0


def landed(connection: Connection, topic: str) -> int:
    """Offsets of the newest log of this topic that are landed."""
    row = connection.execute(
        "select coalesce(sum(next_offset), 0)::bigint from logs.ends where log_id ="
        " (select max(log_id) from logs.logs where name = %s)",
        (topic,),
    ).fetchone()
    return int(row[0]) if row else 0


def event_time(connection: Connection) -> datetime | None:
    """The event time of the newest flight records landed; None when there are none."""
    row = connection.execute("select to_regclass('landed.flight_events')").fetchone()
    if row is None or row[0] is None:
        return None
    # The newest lie at the ends of the partitions; a scan of the whole table would take minutes.
    row = connection.execute(
        "select max(occurred_at) from logs.ends e join logs.logs l using (log_id)"
        " join landed.flight_events f on f.log_id = e.log_id and f.partition = e.partition"
        ' and f."offset" >= e.next_offset - 1000 where l.name = %s',
        ("flight.events",),
    ).fetchone()
    return row[0] if row else None
