"""A stack that runs: started here or found running, and what can be done with it."""

import os
import secrets
import signal
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from pydantic import SecretStr

from orchestration.stack import dagster, mlflow, plan, postgres, registry
from orchestration.stack.component import Component, nothing
from orchestration.stack.errors import AlreadyUp, NotUp, Unhealthy
from orchestration.stack.lifecycle import (
    Progress,
    bring_up,
    silent,
    stop_all,
    take_down,
    wait_until_healthy,
)
from orchestration.stack.orphans import end_orphans
from orchestration.stack.site import Site
from orchestration.stack.state import StateDirectory
from orchestration.stack.supervision import Supervisor
from streaming.access import SECRETS, AccessSettings, told
from streaming.settings import GivenSettings, Settings
from streaming.store import cluster


class Stack:
    """The components of one state directory; as a context manager it is stopped at the end."""

    def __init__(self, site: Site, supervisor: Supervisor, components: Sequence[Component]) -> None:
        self.site = site
        self.settings = site.settings
        self.supervisor = supervisor
        self.components = {one.name: one for one in components}

    def __enter__(self) -> "Stack":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self, progress: Progress = silent) -> None:
        """Stop everything gracefully, in reverse order, and forget the addresses."""
        take_down(self.supervisor, list(self.components.values()), progress)
        self.site.state.endpoints_file.unlink(missing_ok=True)

    def pause(self, progress: Progress = silent) -> None:
        """Stop everything gracefully; the supervisor stays, with commands and environments."""
        stop_all(self.supervisor, list(self.components.values()), progress)

    def resume(self, progress: Progress = silent) -> None:
        """Start everything again as it was started, whatever environment this process has."""
        stop_all(self.supervisor, list(self.components.values()))  # a pause may have been cut off
        # Who was introduced once need not be again, and perhaps this process could not.
        parts = [replace(one, introduce=nothing) for one in self.components.values()]
        bring_up(self.supervisor, parts, progress)

    def pid(self, name: str) -> int:
        """The process id of a component."""
        return int(self.supervisor.states()[name]["pid"])

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to a component's process; the supervisor restarts what dies of it."""
        os.kill(self.pid(name), number)

    def stop_component(self, name: str) -> None:
        """Stop one component gracefully and leave it stopped."""
        self.supervisor.stop(name)
        while self.supervisor.states()[name]["statename"] == "STOPPING":
            time.sleep(0.05)

    def start_component(self, name: str) -> None:
        """Start a stopped component and wait until it serves."""
        self.supervisor.start(name)
        self.wait_until_healthy(name)

    def restart(self, name: str) -> None:
        """Stop one component gracefully, start it, and wait until it serves."""
        self.stop_component(name)
        self.start_component(name)

    def wait_until_healthy(self, name: str) -> None:
        """Wait until a component serves; raises Unhealthy when it does not in its time."""
        wait_until_healthy(self.supervisor, self.components[name])

    def wait_until_healthy_again(self, name: str, before: int, seconds: float = 60) -> None:
        """Wait until the supervisor has replaced process `before` and the new one serves."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.pid(name) not in (0, before) and self.components[name].trouble() is None:
                return
            time.sleep(0.05)
        raise Unhealthy(
            f"{name} did not come back in {seconds} s", f"read {self.supervisor.logs}/{name}.log"
        )

    def create_database(self, template: str | None = None) -> str:
        """Make another, empty database on this server; the URL is the owner's."""
        owner_url = self.settings.owner_database_url()
        name = f"knockon_{secrets.token_hex(6)}"
        cluster.create_database(owner_url, name, template)
        return owner_url.rpartition("/")[0] + f"/{name}"

    def drop_database(self, database_url: str) -> None:
        """Remove a database that `create_database` made."""
        name = database_url.rpartition("/")[2]
        cluster.drop_database(self.settings.owner_database_url(), name)


def start(
    state_dir: Path,
    components: Iterable[str] = plan.EVERYTHING,
    *,
    bound: bool = True,
    progress: Progress = silent,
    **settings: Any,
) -> Stack:
    """Start the named components in `state_dir` and return when every one of them serves.

    Servers that the environment names (DATABASE_URL and its like) are checked, not started.
    `bound` ends the stack with this process, whatever happens to it; further keyword arguments
    are settings. Raises a StackError that says what to do; nothing is left running then.
    """
    state = StateDirectory(state_dir.absolute())
    given = GivenSettings(state_dir=state.path, **settings)
    names = plan.chosen(components, given.landers)
    state.open()
    with state.held():
        supervisor = Supervisor(state.run, state.logs)
        if supervisor.answers():
            raise AlreadyUp(
                f"the stack in {state.path} is up",
                "look with `knockon status`, or stop it with `knockon down`",
            )
        end_orphans(supervisor.socket)
        site = _site(state, given, names)
        parts = plan.components(site, names)
        for part in parts:
            if not part.embedded:  # before anything runs: a wrong address is the likely mistake
                part.introduce()
        state.write_endpoints(_endpoints(site, parts))
        supervisor.launch(parts, bound=bound)
        stack = Stack(site, supervisor, parts)
        try:
            bring_up(supervisor, parts, progress)
        except BaseException:
            stack.stop()
            raise
        state.stamp()
        return stack


def attach(state_dir: Path) -> Stack:
    """The running stack of `state_dir`; raises NotUp when there is none."""
    state = StateDirectory(state_dir.absolute())
    supervisor = Supervisor(state.run, state.logs)
    written = state.endpoints()
    if not written or not supervisor.answers():
        raise NotUp(f"no stack runs in {state.path}", "start it with `knockon up`")
    # What was given at the start counts, not what this shell happens to have set.
    unset = {name: GivenSettings.model_fields[name].default for name in _GIVEN}
    was_given = unset | written["given"] | written.get("secrets", {})
    landers = max(1, sum(name.startswith("lander") for name in written["components"]))
    given = GivenSettings(state_dir=state.path, landers=landers, **was_given)
    chosen = {k: value for k, value in written["settings"].items() if k not in written["given"]}
    settings = given.model_copy(update=_all_settings(state, chosen))
    site = Site(state, given, settings, written["ports"])
    return Stack(site, supervisor, plan.components(site, written["components"]))


_GIVEN = ("database_url", *AccessSettings.model_fields)
"""The servers that may be yours, and how they are entered."""


def _site(state: StateDirectory, given: Settings, names: Sequence[str]) -> Site:
    """Choose what was not given: addresses and secrets."""
    ports = state.ports(plan.ports_of(names), given.ports)
    addresses: dict[str, str] = {}
    if "postgres" in ports:
        addresses["database_url"] = postgres.database_url(ports["postgres"])
    if "kafka" in ports:
        addresses["kafka_bootstrap_servers"] = f"127.0.0.1:{ports['kafka']}"
    if "registry" in ports:
        addresses["schema_registry_url"] = registry.url(ports["registry"])
    if "mlflow" in ports:
        addresses["mlflow_tracking_uri"] = mlflow.url(ports["mlflow"])
    if "dagster-webserver" in ports:
        addresses["dagster_url"] = dagster.url(ports["dagster-webserver"])
    if any(name.startswith("dagster") for name in names):
        addresses["dagster_home"] = str(state.path / "dagster")
    for name in _GIVEN:
        value = getattr(given, name)
        if value is not None:
            addresses[name] = value
    settings = _all_settings(state, addresses)
    return Site(state, given, given.model_copy(update=settings), ports)


def _all_settings(state: StateDirectory, addresses: dict[str, str]) -> dict[str, Any]:
    environment = GivenSettings()
    kept = {name: SecretStr(value) for name, value in state.secrets().items()}
    own = {
        name: getattr(environment, name)
        for name in ("master_key", "role_secret")
        if getattr(environment, name) is not None
    }
    return {**addresses, **kept, **own}


def _endpoints(site: Site, parts: Sequence[Component]) -> dict[str, object]:
    given = [name for name in _GIVEN if name not in SECRETS]
    chosen = ("mlflow_tracking_uri", "dagster_home", "dagster_url")
    return {
        "components": [one.name for one in parts],
        "ports": site.ports,
        "given": told(site.given, given),
        "settings": told(site.settings, [*given, *chosen]),
        "secrets": told(site.given, SECRETS),
    }
