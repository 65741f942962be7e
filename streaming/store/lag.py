"""How far each reader is behind what is written, for people who look after the platform."""

from dataclasses import dataclass

from streaming.store.database import Connection


@dataclass(frozen=True)
class Lag:
    """`rows` offsets of `log` are written and not yet read by `reader`."""

    reader: str
    log: str
    rows: int


def lags(connection: Connection) -> list[Lag]:
    """Every reader on every log that it has ever read, the furthest behind first."""
    rows = connection.execute(
        "select r.reader, l.name, sum(e.next_offset - coalesce(m.next_offset, 0))::bigint"
        " from (select distinct reader, log_id from logs.marks) r"
        " join logs.logs l using (log_id) join logs.ends e using (log_id)"
        " left join logs.marks m on m.reader = r.reader and m.log_id = e.log_id"
        " and m.partition = e.partition"
        " group by r.reader, l.log_id, l.name order by 3 desc, 1, 2"
    )
    return [Lag(*row) for row in rows]
