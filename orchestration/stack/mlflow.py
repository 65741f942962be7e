"""The MLflow server: experiments and the model registry in PostgreSQL, artifacts beside it."""

import sys
from importlib.metadata import version

from orchestration.stack.component import Component
from orchestration.stack.probes import http_trouble
from orchestration.stack.site import Site

ROLE = "knockon_mlflow"


def url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def component(site: Site) -> Component:
    """One worker process; half a gigabyte is enough for it, and one is enough for us."""
    port = site.ports["mlflow"]
    artifacts = site.directory("mlflow") / "artifacts"
    store = site.settings.database_url_for(ROLE).partition("://")[2]
    return Component(
        name="mlflow",
        version=version("mlflow"),
        address=url(port),
        command=[
            *(sys.executable, "-m", "mlflow", "server"),
            *("--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
            *("--artifacts-destination", str(artifacts)),
            *("--allowed-hosts", "localhost:*,127.0.0.1:*"),
        ],
        environment={
            # Not on the command line, where every user of the machine could read the password.
            "MLFLOW_BACKEND_STORE_URI": f"postgresql+psycopg2://{store}",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "DO_NOT_TRACK": "true",
            "PYTHONUNBUFFERED": "1",
        },
        depends_on=("postgres",),
        prepare=lambda: artifacts.mkdir(parents=True, exist_ok=True, mode=0o700),
        trouble=lambda: http_trouble(f"{url(port)}/health"),
        stops_as_group=True,
        start_seconds=120,
    )
