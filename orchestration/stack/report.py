"""What there is to say about a running stack, as data."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

import psutil

from orchestration.stack.alerts import alerts
from orchestration.stack.component import Component
from orchestration.stack.running import Stack
from streaming.broker import Broker, BrokerError
from streaming.store.database import Connection, DatabaseError, connect
from streaming.store.dead_letters import Filter, counts
from streaming.store.errors import StoreError
from streaming.store.failures import UNMIGRATED, unmigrated
from streaming.store.lag import Lag, lags, landing_lags, outbox_lag
from streaming.topics import LANDING

ANALYST = "knockon_analyst"


@dataclass(frozen=True)
class ComponentReport:
    """One component; `trouble` is None when it is healthy, the rest None when it is not ours."""

    name: str
    trouble: str | None
    version: str
    address: str
    pid: int | None
    memory_bytes: int | None
    uptime_seconds: float | None
    log: str | None


@dataclass(frozen=True)
class StackReport:
    """All components, the readers' lags, what to act upon, and how an analyst connects."""

    state_dir: str
    components: list[ComponentReport]
    lags: list[Lag]
    analyst_url: str | None
    open_dead_letters: int | None
    alerts: list[str]

    @property
    def healthy(self) -> bool:
        return not self.alerts and all(one.trouble is None for one in self.components)

    def as_dict(self) -> dict[str, Any]:
        return {"healthy": self.healthy, **asdict(self)}


def report(stack: Stack) -> StackReport:
    """Ask every component for its health, all at the same time."""
    parts = list(stack.components.values())
    states = stack.supervisor.states()
    with ThreadPoolExecutor(max(1, len(parts))) as pool:
        troubles = list(pool.map(lambda one: one.trouble(), parts))
    found = [
        _one(stack, part, trouble, states.get(part.name, {}))
        for part, trouble in zip(parts, troubles, strict=True)
    ]
    has_database = stack.settings.database_url is not None
    asked = _asked(stack) if has_database else _Asked()
    return StackReport(
        state_dir=str(stack.site.state.path),
        components=found,
        lags=asked.lags,
        analyst_url=stack.settings.database_url_for(ANALYST) if has_database else None,
        open_dead_letters=asked.open_dead_letters,
        alerts=asked.alerts,
    )


def _one(
    stack: Stack, part: Component, trouble: str | None, state: Mapping[str, Any]
) -> ComponentReport:
    pid = int(state["pid"]) if state.get("pid") else None
    if part.embedded and pid is None:
        trouble = f"not running ({str(state.get('statename', 'unknown')).lower()})"
    return ComponentReport(
        name=part.name,
        trouble=trouble,
        version=part.version,
        address=part.address,
        pid=pid,
        memory_bytes=memory(pid) if pid else None,
        uptime_seconds=time.time() - state["start"] if pid else None,
        log=str(stack.site.log(part.name)) if part.embedded else None,
    )


def memory(pid: int) -> int | None:
    """Bytes that a process and its children hold; what they share is not counted twice."""
    try:
        process = psutil.Process(pid)
        return sum(_own(one) for one in [process, *process.children(recursive=True)])
    except psutil.Error:
        return None


def _own(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
        return int(getattr(full, "pss", full.uss))
    except psutil.AccessDenied:
        # Another user's process: without what it shares, which is the best that is told.
        told = process.memory_info()
        return int(told.rss - getattr(told, "shared", 0))


@dataclass(frozen=True)
class _Asked:
    """What the database says."""

    lags: list[Lag] = field(default_factory=list)
    open_dead_letters: int | None = None
    alerts: list[str] = field(default_factory=list)


def _asked(stack: Stack) -> _Asked:
    try:
        with connect(stack.settings.owner_database_url(), "knockon-status") as connection:
            behind = [*_landing(stack, connection), outbox_lag(connection), *lags(connection)]
            letters = counts(connection, Filter(state="open"))
            return _Asked(behind, sum(count for *_, count in letters), alerts(connection))
    except StoreError:
        return _Asked()  # its component is reported as sick already
    except DatabaseError as error:
        if not unmigrated(error):
            raise
        return _Asked(alerts=[UNMIGRATED])


def _landing(stack: Stack, connection: Connection) -> list[Lag]:
    if stack.settings.kafka_bootstrap_servers is None or "lander" not in stack.components:
        return []
    try:
        broker = Broker(stack.settings.cluster())
        topics = broker.identities(topic.name for topic in LANDING).values()
        return landing_lags(connection, topics, broker.ends(topics))
    except BrokerError:
        return []  # likewise
