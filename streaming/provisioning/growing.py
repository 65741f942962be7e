"""Grows a topic in place, so that each key's records keep their order and none is lost or doubled.

With more partitions a key's records go on in another one. Whoever reads both must have read the old
one to its end first, so in between nothing is written and all is read:

1. *Seal*: `max.message.bytes` 0, the one setting by which a broker refuses every producer, also
   those that are not ours, without ACLs. Ours keep what was refused, in its order, and wait.
2. *Drain*: until the ends stand still, no transaction is open, and all is landed and read by every
   consumer group that is at work.
3. *Add* the partitions.
4. *Hold*: until every producer's view of the topic is newer than the partitions, so that nobody
   sends by the old number of them (`METADATA_SECONDS` for ours).
5. *Open*.

Where it was cut off shows on the cluster: the same command goes on from there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic, sleep

from streaming.broker import LARGEST, METADATA_SECONDS, SEALED, BrokerError, Existing, TopicAdmin
from streaming.provisioning.errors import GrowthRefused, NotDrained

HOLD_SECONDS = 2 * METADATA_SECONDS
WAIT_SECONDS = 120.0
QUIET_SECONDS = 1.0
LOOK_SECONDS = 0.25

Unread = Callable[[], Mapping[str, int]]
"""By reader, how many records of the topic it has not read."""


@dataclass(frozen=True, slots=True)
class Grown:
    """What was done; `sealed_seconds` is how long producers had to wait."""

    topic: str
    before: int
    after: int
    sealed_seconds: float


def grow(
    admin: TopicAdmin,
    topic: str,
    partitions: int,
    *,
    unread: Unread = dict,
    opened: str | None = None,
    wait_seconds: float = WAIT_SECONDS,
    hold_seconds: float = HOLD_SECONDS,
    say: Callable[[str], None] = lambda line: None,
) -> Grown:
    """Bring the topic to so many partitions; `opened` is the limit it has when it is open.

    Raises:
        GrowthRefused: it would lose data or order; nothing was done.
        NotDrained: a reader is not through after `wait_seconds`; the topic is open as before.
        BrokerError: the cluster does not answer or permit; says so when the topic is still sealed.
    """
    found = admin.existing([topic]).get(topic)
    if found is None:
        raise GrowthRefused(f"there is no topic {topic}: `knockon topics apply` makes it")
    _refuse(found, partitions)
    if found.partitions == partitions and not found.sealed:
        return Grown(topic, partitions, partitions, 0.0)
    began = monotonic()
    say("sealed before, going on" if found.sealed else "sealing: producers wait from now on")
    try:
        admin.set(topic, {LARGEST: SEALED})
        if found.partitions < partitions:
            _drain(admin, found, unread, wait_seconds, say)
            say(f"adding partitions: {found.partitions} -> {partitions}")
            admin.add_partitions(topic, partitions)
        say(f"holding {hold_seconds:g} s, until producers know of them")
        sleep(hold_seconds)
    finally:
        _open(admin, topic, opened)
    say("open again")
    return Grown(topic, found.partitions, partitions, round(monotonic() - began, 1))


def _refuse(found: Existing, partitions: int) -> None:
    name, now = found.name, found.partitions
    if partitions < now:
        raise GrowthRefused(f"{name} has {now} partitions, and Kafka cannot take any away")
    if partitions > now and "compact" in found.settings["cleanup.policy"]:
        raise GrowthRefused(
            f"{name} is compacted: the last record of a key would stay in its old partition beside"
            " the newer ones. Write to a new topic instead"
        )


def _drain(
    admin: TopicAdmin, found: Existing, unread: Unread, seconds: float, say: Callable[[str], None]
) -> None:
    """Until nothing was added for a second, no transaction is open, and everybody has read all."""
    deadline, told = monotonic() + seconds, ""
    ends, since = admin.ends(found), monotonic()
    while True:
        now = admin.ends(found)
        if now != ends:
            ends, since = now, monotonic()
        left = {reader: count for reader, count in unread().items() if count}
        left |= {f"group {name}": count for name, count in admin.unread_by_groups(found).items()}
        if admin.committed_ends(found) != now:
            left["an open transaction"] = 1
        if not left and monotonic() - since >= QUIET_SECONDS:
            return
        behind = ", ".join(f"{reader}: {count:,}" for reader, count in sorted(left.items()))
        if behind != told and behind:
            told = behind
            say(f"waiting for {behind}")
        if monotonic() > deadline:
            raise NotDrained(
                f"{found.name} was not read to its end in {seconds:g} s"
                f" ({behind or 'records still come'}): it is open again as it was. Start the"
                " lander, or give it longer with --wait"
            )
        sleep(LOOK_SECONDS)


def _open(admin: TopicAdmin, topic: str, opened: str | None) -> None:
    try:
        if opened is None:
            admin.reset(topic, LARGEST)
        else:
            admin.set(topic, {LARGEST: opened})
    except BrokerError as error:
        raise BrokerError(
            f"{topic} is still sealed ({error}): run the command again, it goes on from here"
        ) from error
