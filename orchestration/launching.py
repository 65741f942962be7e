"""Dagster's plain run launcher, able to say whether a run's process still lives.

Run monitoring asks a launcher that can tell, and marks as failed what has no process; the plain
one cannot (Dagster 1.13: `supports_check_run_worker_health` is False), so a run that lost its
code server, in a crash or with the whole stack, would say STARTED until `max_runtime_seconds`.
A run whose own process alone dies needs none of this: its code server notices within a second.
"""

import json
import os

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._grpc.client import DagsterGrpcClient
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._serdes import deserialize_value
from dagster_shared.error import DagsterError

ANSWER_SECONDS = 5


class WatchfulRunLauncher(dg.DefaultRunLauncher):
    """Asks the code server that started a run whether it still executes it."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """NOT_FOUND when the server does not know the run (it was started anew since).

        When nobody can tell, the run is taken to live: a server that is being restarted answers
        the next time, and a run without one (`dagster job execute`) has its own process.
        """
        text = run.tags.get(GRPC_INFO_TAG)
        if text is None:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "it runs without a code server")
        server = json.loads(text)
        now = _port_of(run)
        if now is not None and now != server.get("port"):
            return CheckRunHealthResult(
                WorkerStatus.NOT_FOUND, "its code server is gone; another one serves its location"
            )
        try:
            reply = DagsterGrpcClient(
                host=server.get("host"), port=server.get("port"), socket=server.get("socket")
            ).can_cancel_execution(CanCancelExecutionRequest(run_id=run.run_id), ANSWER_SECONDS)
        except DagsterError as error:
            return CheckRunHealthResult(WorkerStatus.RUNNING, f"its code server is silent: {error}")
        if deserialize_value(reply, CanCancelExecutionResult).can_cancel:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(
            WorkerStatus.NOT_FOUND, "its process ended with an earlier life of its code server"
        )


def _port_of(run: dg.DagsterRun) -> int | None:
    """Where the run's code location is served now, as the stack tells its processes."""
    if run.remote_job_origin is None:
        return None
    location = run.remote_job_origin.location_name
    port = os.environ.get(f"KNOCKON_DAGSTER_{location.upper()}_PORT")
    return int(port) if port else None
