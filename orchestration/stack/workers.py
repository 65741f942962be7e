"""Our own processes: what lands, detects, publishes and materialises, each with its own rights."""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

from assets import marts_project
from orchestration.stack import dagster
from orchestration.stack.component import Component
from orchestration.stack.site import Site
from streaming.access import SECRETS, AccessSettings, told, variable
from streaming.heartbeat import STALE_SECONDS, silence_seconds

SECRET = (
    "KNOCKON_MASTER_KEY",
    "KNOCKON_ROLE_SECRET",
    "KNOCKON_ROLE_PASSWORDS",
    "KNOCKON_DATABASE_URL",
    *(variable(name) for name in SECRETS),
)
"""Never inherited; whoever needs one of them gets it by declaration."""


@dataclass(frozen=True)
class Worker:
    """A long-lived process of ours. The first of `roles` is the one in its DATABASE_URL."""

    name: str
    module: str
    roles: Sequence[str]
    depends_on: tuple[str, ...]
    kafka: bool = False
    master_key: bool = False
    instance: bool = False


WORKERS = (
    Worker(
        "lander",
        "streaming.landing",
        roles=("knockon_lander", "knockon_keyring"),
        depends_on=("postgres", "kafka", "registry"),
        kafka=True,
        master_key=True,
    ),
    Worker(
        "detector",
        "streaming.detect",
        roles=("knockon_detector",),
        depends_on=("postgres",),
    ),
    Worker(
        "relay",
        "streaming.relay",
        roles=("knockon_relay",),
        depends_on=("postgres", "kafka", "registry"),
        kafka=True,
    ),
    Worker(
        "materialiser",
        "orchestration.materialiser",
        roles=("knockon_assets",),
        depends_on=("postgres", "dagster-webserver"),
        instance=True,
    ),
)


def component_of(worker: Worker) -> Callable[[Site], Component]:
    """The factory of a worker's component."""

    def component(site: Site) -> Component:
        heartbeat = site.state.run / f"{worker.name}.heartbeat"
        environment = {
            **platform_environment(site, worker.roles, worker.kafka, worker.master_key),
            "KNOCKON_HEARTBEAT_FILE": str(heartbeat),
        }
        if worker.instance:
            environment |= dagster.instance_environment(site)

        def prepare() -> None:
            heartbeat.unlink(missing_ok=True)
            if worker.instance:
                dagster.prepare_home(site)

        def trouble() -> str | None:
            silence = silence_seconds(heartbeat, time.time())
            if silence is None:
                return "no sign of life yet"
            return f"silent for {silence:.0f} s" if silence > STALE_SECONDS else None

        return Component(
            name=worker.name,
            version=version("knockon"),
            address="",
            command=[sys.executable, "-m", worker.module],
            environment=environment,
            depends_on=worker.depends_on,
            prepare=prepare,
            trouble=trouble,
            stop_seconds=30,
        )

    return component


def further_lander(number: int) -> Callable[[Site], Component]:
    """The factory of lander `number`, from 2: as the first one, with a share of its own."""
    [first] = [worker for worker in WORKERS if worker.name == "lander"]

    def component(site: Site) -> Component:
        made = component_of(replace(first, name=f"lander-{number}"))(site)
        return replace(made, environment={**made.environment, "KNOCKON_LANDER": str(number)})

    return component


def platform_environment(
    site: Site, roles: Sequence[str], kafka: bool = False, master_key: bool = False
) -> dict[str, str]:
    """The settings of one process, with the passwords of these roles and no other secret."""
    settings = site.settings
    # Settings that a person made by environment hold for the workers too, secrets excepted.
    environment = {
        name: value
        for name, value in os.environ.items()
        if name.startswith("KNOCKON_") and name not in SECRET
    }
    passwords = {role: _password(site, role) for role in roles}
    environment |= {
        "KNOCKON_STATE_DIR": str(site.state.path),
        "KNOCKON_READ_SECRETS": "false",
        "KNOCKON_LANDERS": str(settings.landers),
        "KNOCKON_LANDER": "1",
        "KNOCKON_ROLE_PASSWORDS": json.dumps(passwords),
        "DATABASE_URL": settings.database_url_for(roles[0]),
        "PYTHONUNBUFFERED": "1",
    }
    if kafka:
        access = told(settings, AccessSettings.model_fields)
        environment |= {variable(name): value for name, value in access.items()}
    if master_key and settings.master_key is not None:
        environment["KNOCKON_MASTER_KEY"] = settings.master_key.get_secret_value()
    return environment


def realtime_environment(site: Site) -> dict[str, str]:
    """The light code location: it derives, and asks for runs."""
    return platform_environment(site, ("knockon_assets",))


def batch_environment(site: Site) -> dict[str, str]:
    """The code location that trains and builds the marts as well."""
    environment = platform_environment(site, ("knockon_assets", marts_project.ROLE))
    environment |= marts_project.environment(site.settings)
    if site.settings.mlflow_tracking_uri is not None:
        environment["MLFLOW_TRACKING_URI"] = site.settings.mlflow_tracking_uri
        environment["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"  # they would fill the log
    return environment


def _password(site: Site, role: str) -> str:
    credentials = site.settings.database_url_for(role).partition("://")[2].rpartition("@")[0]
    return credentials.partition(":")[2]
