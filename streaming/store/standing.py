"""Which findings stand: those of the version that took over last, less what was withdrawn."""

from streaming.store.database import Connection
from streaming.store.derive import Horizon, insert, notify
from streaming.store.intervals import register_table_log

VERSIONS = "detected.versions"
CORRECTIONS = "detected.corrections"

STANDING = """
    f.detector_version = (select v.version from detected.versions v
        where v.detector = f.detector and v.sequence < %(versions)s
        order by v.sequence desc limit 1)
    and not exists (select from detected.corrections c where c.finding_id = f.finding_id
        and c.action = 'withdrawn' and c.sequence < %(corrections)s)
"""
"""Whether a row `f` of detected.findings stands; give it the parameters of `as_of` or ALL."""

_EVERYTHING = 2**63 - 1
ALL = {"versions": _EVERYTHING, "corrections": _EVERYTHING}
"""Parameters of STANDING for all that is written."""


def as_of(connection: Connection, horizon: Horizon) -> dict[str, int]:
    """Parameters of STANDING for what a reader has read."""
    return {
        name: horizon.next_offset(register_table_log(connection, log), 0)
        for name, log in (("versions", VERSIONS), ("corrections", CORRECTIONS))
    }


def current_version(connection: Connection, detector: str) -> str | None:
    """The version whose findings stand; None before any has taken over."""
    row = connection.execute(
        "select version from detected.versions where detector = %s order by sequence desc limit 1",
        (detector,),
    ).fetchone()
    return None if row is None else str(row[0])


def take_over(connection: Connection, detector: str, version: str, code_version: str) -> None:
    """From here on the findings of this version stand, and no others of the detector."""
    row = {"detector": detector, "version": version}
    insert(connection, VERSIONS, [row], code_version=code_version)
    notify(connection, "detected", VERSIONS)
