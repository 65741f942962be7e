"""In what a topic of the cluster differs from its declaration, and what that would cost; pure."""

from dataclasses import dataclass
from datetime import timedelta

from streaming.broker import LARGEST, SEALED, Existing
from streaming.topics import Topic

RETENTION = "retention.ms"
CLEANUP = "cleanup.policy"
FOREVER = timedelta.max
_SEALED = (
    "it takes no records: a `knockon topics migrate` is under way, or was cut off; run it again"
)


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing that is not as declared; `found` is None for a topic that is missing.

    `refused` says why it is not mended: what it would cost, in figures, and the way round.
    `waived` tells that the flag for it was given.
    """

    topic: str
    setting: str
    found: str | None
    declared: str
    refused: str | None = None
    waived: bool = False


def missing(topic: Topic) -> Drift:
    """The topic is not there at all."""
    return Drift(topic.name, "topic", None, f"{topic.partitions} partitions")


def differences(topic: Topic, existing: Existing) -> list[Drift]:
    """Partitions and declared settings that are otherwise; partitions are not added here.

    More partitions than declared are right: the topic was grown.
    """
    found = []
    if existing.partitions < topic.partitions:
        found.append(
            Drift(
                topic.name,
                "partitions",
                str(existing.partitions),
                str(topic.partitions),
                refused=_partitions(topic.name, existing.partitions, topic.partitions),
            )
        )
    if existing.sealed:
        found.append(Drift(topic.name, LARGEST, SEALED, "open", refused=_SEALED))
    for setting, declared in topic.settings.items():
        value = existing.settings.get(setting, "")
        if setting == LARGEST and existing.sealed:
            continue  # to set it would open the topic in the middle of its growing
        if _words(setting, value) != _words(setting, declared):
            found.append(Drift(topic.name, setting, value, declared))
    return found


def kept_for(policy: str, retention_ms: str) -> timedelta:
    """How long a record is sure to stay, by cleanup policy and retention."""
    milliseconds = int(retention_ms)
    if "delete" not in policy or milliseconds < 0:
        return FOREVER
    return min(timedelta(days=365_000), timedelta(milliseconds=milliseconds))


def shown(setting: str, value: str | None) -> str:
    """The value as a person says it: `7 d` for milliseconds of retention."""
    if value is None:
        return "missing"
    if setting != RETENTION:
        return value
    return span(kept_for("delete", value))


def span(time: timedelta) -> str:
    """For instance `7 d`, `36 h` or `90 s`."""
    if time == FOREVER:
        return "for ever"
    seconds = time.total_seconds()
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"


def _words(setting: str, value: str) -> object:
    return frozenset(value.replace(" ", "").split(",")) if setting == CLEANUP else value


def _partitions(topic: str, found: int, declared: int) -> str:
    return (
        f"{found} partitions, {declared} are declared; keys would move to other partitions and lose"
        f" their order: `knockon topics migrate {topic} {declared}` keeps it"
    )
