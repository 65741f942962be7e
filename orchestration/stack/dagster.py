"""Dagster: two code locations as servers of their own, the daemon, and the web server."""

import http.client
import json
import sys
from collections.abc import Callable
from importlib.metadata import version

from orchestration.stack.component import Component
from orchestration.stack.probes import PROBE_SECONDS, grpc_trouble, http_trouble
from orchestration.stack.site import Site
from streaming.settings import project_root

ROLE = "knockon_dagster"

STORAGE_VARIABLE = "KNOCKON_DAGSTER_DATABASE_URL"

NOWHERE = 1
"""The port of a code location that was not started: Dagster shows it as unreachable."""

HOME = f"""# Written at every start.
storage:
  postgres:
    postgres_url:
      env: {STORAGE_VARIABLE}
# Our runs are small and few: they start at once, without a queue in between.
run_coordinator:
  module: dagster._core.run_coordinator
  class: DefaultRunCoordinator
# Of one pool, one step at a time: two builds of the same marts would swap each other's tables.
concurrency:
  pools:
    granularity: op
    default_limit: 1
# It can tell whether a run's process lives, so that monitoring ends the runs of an earlier life.
run_launcher:
  module: orchestration.launching
  class: WatchfulRunLauncher
run_monitoring:
  enabled: true
  start_timeout_seconds: 180
  max_runtime_seconds: 3600
  poll_interval_seconds: 15
sensors:
  use_threads: true
  num_workers: 4
retention:
  sensor:
    purge_after_days: {{skipped: 1, success: 7, failure: 30}}
  schedule:
    purge_after_days: {{skipped: 1, success: 7, failure: 30}}
telemetry:
  enabled: false
nux:
  enabled: false
"""


def url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def prepare_home(site: Site) -> None:
    """Write dagster.yaml; it names no password, only the variable that holds the address."""
    home = site.directory("dagster")
    home.mkdir(mode=0o700, exist_ok=True)
    (home / "dagster.yaml").write_text(HOME)


def instance_environment(site: Site) -> dict[str, str]:
    """What a process needs to find the Dagster instance."""
    storage = site.settings.database_url_for(ROLE).partition("://")[2]
    return {
        "DAGSTER_HOME": str(site.directory("dagster")),
        # A bare postgresql:// would be read as psycopg 3, which Dagster's event log cannot NOTIFY.
        STORAGE_VARIABLE: f"postgresql+psycopg2://{storage}",
        "KNOCKON_DAGSTER_REALTIME_PORT": str(site.ports.get("dagster-realtime", NOWHERE)),
        "KNOCKON_DAGSTER_BATCH_PORT": str(site.ports.get("dagster-batch", NOWHERE)),
        "PYTHONUNBUFFERED": "1",
    }


def location(
    name: str, environment: Callable[[Site], dict[str, str]]
) -> Callable[[Site], Component]:
    """The server of the code location `orchestration.definitions.<name>`; its runs inherit it."""

    def component(site: Site) -> Component:
        port = site.ports[f"dagster-{name}"]
        module = f"orchestration.definitions.{name}"
        return Component(
            name=f"dagster-{name}",
            version=version("dagster"),
            address=f"127.0.0.1:{port}",
            command=[
                *(sys.executable, "-m", "dagster", "api", "grpc"),
                *("--host", "127.0.0.1", "--port", str(port), "--module-name", module),
                *("--location-name", name, "--log-format", "json"),
            ],
            environment={**instance_environment(site), **environment(site)},
            depends_on=("postgres",),
            prepare=lambda: prepare_home(site),
            trouble=lambda: grpc_trouble(port, "DagsterApi"),
            stops_as_group=True,
            start_seconds=120,
        )

    return component


def webserver(site: Site) -> Component:
    """The web server, which shows both code locations."""
    port = site.ports["dagster-webserver"]
    return Component(
        name="dagster-webserver",
        version=version("dagster-webserver"),
        address=url(port),
        command=[
            *(sys.executable, "-m", "dagster_webserver"),
            *("--host", "127.0.0.1", "--port", str(port)),
            *("--workspace", str(project_root() / "workspace.yaml"), "--log-format", "json"),
        ],
        environment=instance_environment(site),
        depends_on=("postgres",),
        prepare=lambda: prepare_home(site),
        trouble=lambda: http_trouble(f"{url(port)}/server_info"),
        start_seconds=120,
    )


def daemon(site: Site) -> Component:
    """The daemon that ticks sensors and schedules; its health is what it tells the instance."""
    webserver_port = site.ports["dagster-webserver"]
    return Component(
        name="dagster-daemon",
        version=version("dagster"),
        address="",
        command=[
            *(sys.executable, "-m", "dagster._daemon", "run"),
            *("--workspace", str(project_root() / "workspace.yaml"), "--log-format", "json"),
        ],
        environment=instance_environment(site),
        depends_on=("postgres", "dagster-realtime", "dagster-batch", "dagster-webserver"),
        prepare=lambda: prepare_home(site),
        trouble=lambda: _daemon_trouble(webserver_port),
        start_seconds=120,
    )


DAEMON_HEALTH = """{ instance { daemonHealth { allDaemonStatuses {
    daemonType required healthy lastHeartbeatTime } } } }"""


def _daemon_trouble(port: int) -> str | None:
    """None when every daemon that the instance requires has a fresh heartbeat."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PROBE_SECONDS)
    try:
        connection.request(
            "POST",
            "/graphql",
            json.dumps({"query": DAEMON_HEALTH}),
            {"Content-Type": "application/json"},
        )
        answer = json.loads(connection.getresponse().read())
        statuses = answer["data"]["instance"]["daemonHealth"]["allDaemonStatuses"]
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
        return f"the web server cannot say ({' '.join(str(error).split())})"
    finally:
        connection.close()
    sick = [one["daemonType"].lower() for one in statuses if one["required"] and not one["healthy"]]
    return f"no heartbeat of {', '.join(sick)}" if sick else None
