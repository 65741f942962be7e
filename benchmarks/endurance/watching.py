"""Looks at the processes every few seconds, and draws the line through what it saw."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event as Signal
from threading import Thread
from typing import NamedTuple

import numpy as np
import psutil

from orchestration.stack import Stack
from streaming.store.database import Connection, connect

EVERY_SECONDS = 5.0
WARM_UP = 0.15
"""The share of the run at its beginning that slopes leave out: caches fill, code is compiled."""


class Seen(NamedTuple):
    """One look at one component, with all its processes."""

    at: float
    memory_mb: float
    handles: int
    threads: int
    cpu_s: float


@dataclass
class Watch:
    """Components by name, sessions of the database, and how far landing is behind."""

    stack: Stack
    components: Sequence[str]
    seen: dict[str, list[Seen]] = field(default_factory=dict)
    connections: list[tuple[float, int]] = field(default_factory=list)
    ends: list[tuple[float, int]] = field(default_factory=list)
    _stop: Signal = field(default_factory=Signal)

    def __enter__(self) -> "Watch":
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        url = self.stack.settings.owner_database_url()
        with connect(url, "knockon-endurance", autocommit=True) as connection:
            began = time.monotonic()
            while not self._stop.wait(EVERY_SECONDS):
                self._look(connection, time.monotonic() - began)

    def _look(self, connection: Connection, at: float) -> None:
        for name in self.components:
            self.seen.setdefault(name, []).append(_look_at(self.stack.pid(name), at))
        sessions, landed = connection.execute(
            "select (select count(*) from pg_stat_activity where backend_type = 'client backend'),"
            " (select coalesce(sum(next_offset), 0)::bigint from logs.ends join logs.logs"
            " using (log_id) where kind = 'kafka')"
        ).fetchone() or (0, 0)
        self.connections.append((at, sessions))
        self.ends.append((at, landed))

    def slopes(self) -> dict[str, Mapping[str, float]]:
        """Per component: memory (proportional, in MB) and handles at the end, and per hour."""
        return {
            name: {
                "memory_mb": round(looks[-1].memory_mb, 1),
                "memory_mb_per_hour": slope([(one.at, one.memory_mb) for one in looks]),
                "handles": looks[-1].handles,
                "handles_per_hour": slope([(one.at, one.handles) for one in looks]),
                "threads_per_hour": slope([(one.at, one.threads) for one in looks]),
                "cpu_share": round(looks[-1].cpu_s / looks[-1].at, 3),
            }
            for name, looks in self.seen.items()
        }


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Growth an hour by least squares, the warm-up left out; points are (seconds, value)."""
    warm = [point for point in points if point[0] >= points[-1][0] * WARM_UP]
    if len(warm) < 2:
        return 0.0
    per_second, _ = np.polyfit([at for at, _ in warm], [value for _, value in warm], 1)
    return round(float(per_second) * 3600, 2)


def _look_at(pid: int, at: float) -> Seen:
    """A component's processes together: memory that is shared counts once."""
    root = psutil.Process(pid)
    memory = cpu = 0.0
    handles = threads = 0
    for process in [root, *root.children(recursive=True)]:
        try:
            memory += process.memory_full_info().pss / 1e6
            handles += process.num_fds()
            threads += process.num_threads()
            times = process.cpu_times()
            cpu += times.user + times.system
        except psutil.NoSuchProcess:
            continue
    return Seen(at, memory, handles, threads, cpu)
