"""Starts doomed workers and hears from them until they die."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from typing import Any

from tests.torture import doomed

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.torture.warm"])


class Child:
    """One doomed worker."""

    def __init__(self, work: Callable[..., None], given: doomed.Given) -> None:
        self._pipe, theirs = FORKS.Pipe(duplex=False)
        self._process = FORKS.Process(target=work, args=(given, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self.committed: float | None = None

    def hear(self, word: str, seconds: float = 60) -> dict[str, Any]:
        """The first message that says `word`."""
        deadline = time.monotonic() + seconds
        while self._pipe.poll(max(0.0, deadline - time.monotonic())):
            said: dict[str, Any] = self._pipe.recv()
            self.committed = said.get("committed", self.committed)
            if word in said:
                return said
        raise TimeoutError(f"not heard in {seconds} s: {word}")

    def dies(self) -> dict[str, Any]:
        """What it had in hand when it killed itself."""
        hit = self.hear("point")
        self._process.join(10)
        assert self._process.exitcode == -signal.SIGKILL
        self._pipe.close()
        return hit

    def stops(self) -> dict[str, Any]:
        """What it had in hand when it stopped itself; waits until it truly stands."""
        hit = self.hear("point")
        with open(f"/proc/{self._process.pid}/stat") as stat:
            while stat.read().rpartition(")")[2].split()[0] != "T":
                time.sleep(0.01)
                stat.seek(0)
        return hit

    def goes_on(self) -> None:
        """Wake a stopped one."""
        os.kill(self._process.pid, signal.SIGCONT)

    def kill(self) -> None:
        """From outside, whatever it does; fine when it is dead."""
        self._process.kill()
        self._process.join(10)
        self._pipe.close()

    @property
    def alive(self) -> bool:
        return self._process.is_alive()
