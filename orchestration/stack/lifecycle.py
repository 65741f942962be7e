"""Starts components in dependency order, waits until each truly serves, and stops them again."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from pathlib import Path

from orchestration.stack.component import Component
from orchestration.stack.errors import StackError, Unhealthy
from orchestration.stack.supervision import Supervisor

POLL_SECONDS = 0.1
ATTEMPTS = 3
"""Starts that may fail before a component is given up; the supervisor would go on for a minute."""

DEAD = {"FATAL", "STOPPED", "EXITED", "UNKNOWN"}

NEWBORN_SECONDS = 1
"""Between fork and exec it still is supervisord, which swallows the signal: tell it twice."""

Progress = Callable[[str, str, float], None]
"""Hears (component, state, seconds since it was asked to start)."""


def silent(component: str, state: str, seconds: float) -> None:
    """The progress of somebody who does not look."""


def bring_up(supervisor: Supervisor, components: Sequence[Component], progress: Progress) -> None:
    """Start all, each as soon as what it depends on is healthy; the first trouble ends it."""
    cancelled = threading.Event()
    futures: dict[str, Future[None]] = {}

    def one(component: Component) -> None:
        for name in component.depends_on:
            if name in futures:
                futures[name].result()
        if cancelled.is_set():
            return
        began = time.monotonic()
        progress(component.name, "starting", 0.0)
        if component.embedded:
            component.prepare()
            supervisor.start(component.name)
            wait_until_healthy(supervisor, component, cancelled)
            component.introduce()
        progress(component.name, "healthy", time.monotonic() - began)

    with ThreadPoolExecutor(max(1, len(components)), "stack") as pool:
        try:
            for component in components:
                futures[component.name] = pool.submit(one, component)
            done, _ = wait(futures.values(), return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
        finally:
            cancelled.set()


def wait_until_healthy(
    supervisor: Supervisor, component: Component, cancelled: threading.Event | None = None
) -> None:
    """Ask for health until it is there; raises Unhealthy when the time is up or it gave up."""
    deadline = time.monotonic() + component.start_seconds
    log = supervisor.logs / f"{component.name}.log"
    starts: set[int] = set()
    trouble = component.trouble()
    while trouble is not None:
        if cancelled is not None and cancelled.is_set():
            return
        state = supervisor.states()[component.name]
        starts.add(state["start"])
        if state["statename"] in DEAD or len(starts) > ATTEMPTS:
            raise Unhealthy(f"{component.name} ended by itself{last_line(log)}", f"read {log}")
        if time.monotonic() > deadline:
            raise Unhealthy(
                f"{component.name} is not healthy after {component.start_seconds} s ({trouble})",
                f"read {log}",
            )
        time.sleep(POLL_SECONDS)
        trouble = component.trouble()


def take_down(
    supervisor: Supervisor, components: Sequence[Component], progress: Progress = silent
) -> None:
    """Stop all, and then supervisord itself."""
    stop_all(supervisor, components, progress)
    supervisor.end()


def stop_all(
    supervisor: Supervisor, components: Sequence[Component], progress: Progress = silent
) -> None:
    """Stop all, each as soon as nobody depends on it any more."""
    running = {one.name: one for one in components if one.embedded}
    asked: dict[str, float] = {}
    newborn: set[str] = set()
    try:
        while running:
            states = supervisor.states()
            for name in [one for one in running if _ended(states.get(one, {}))]:
                del running[name]
                if name in asked:
                    progress(name, "stopped", time.monotonic() - asked[name])
            needed = {name for one in running.values() for name in one.depends_on}
            for name in running.keys() - needed - asked.keys():
                asked[name] = time.monotonic()
                if states[name]["now"] - states[name]["start"] < NEWBORN_SECONDS:
                    newborn.add(name)
                supervisor.stop(name)
            for name in newborn & running.keys():
                if time.monotonic() - asked[name] > NEWBORN_SECONDS:
                    newborn.remove(name)
                    supervisor.signal(name, running[name].stop_signal)
            time.sleep(POLL_SECONDS / 2)
    except OSError as error:
        if supervisor.answers():
            raise StackError(f"supervisord refuses ({error})", "try again") from error


def _ended(state: dict[str, object]) -> bool:
    return not state or state["statename"] in DEAD


def last_line(log: Path) -> str:
    """The last thing a log says, for the end of a sentence."""
    if not log.is_file():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4000))
        lines = [one.strip() for one in file.read().decode(errors="replace").splitlines()]
    said = [one for one in lines if one]
    return f" ({said[-1][:300]})" if said else ""
