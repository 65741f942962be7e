"""Dagster's own run monitoring ends runs that have lost their process, and leaves others alone."""

import json
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._daemon.monitoring.run_monitoring import execute_run_monitoring_iteration
from dagster._grpc.client import DagsterGrpcClient
from dagster._grpc.types import CanCancelExecutionResult
from dagster._serdes import serialize_value

from orchestration.launching import WatchfulRunLauncher
from orchestration.stack.probes import grpc_trouble


def free_port() -> int:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        return int(somebody.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A code server that was started anew, so it executes nothing; its port."""
    folder, port = tmp_path_factory.mktemp("code"), free_port()
    (folder / "code.py").write_text("import dagster as dg\ndefs = dg.Definitions()\n")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "dagster", "api", "grpc"),
            *("--host", "127.0.0.1", "--port", str(port), "-f", str(folder / "code.py")),
        ],
        env={**os.environ, "DAGSTER_HOME": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while grpc_trouble(port, "DagsterApi") is not None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    yield port
    process.kill()
    process.wait(10)


@pytest.fixture
def instance(dagster_home: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.get() as made:
        yield made


def started(instance: dg.DagsterInstance, port: int | None) -> str:
    tags = {} if port is None else {GRPC_INFO_TAG: json.dumps({"host": "127.0.0.1", "port": port})}
    run = dg.DagsterRun("a_job", status=dg.DagsterRunStatus.STARTED, tags=tags)
    instance.add_run(run)
    return run.run_id


def monitor(instance: dg.DagsterInstance) -> None:
    """One look of the daemon's run monitoring."""
    daemon: Any = SimpleNamespace(instance=instance, create_request_context=lambda: None)
    assert not any(execute_run_monitoring_iteration(daemon, logging.getLogger("test")))


def test_a_run_of_an_earlier_life_is_failed_with_its_reason(
    instance: dg.DagsterInstance, server: int
) -> None:
    assert isinstance(instance.run_launcher, WatchfulRunLauncher)
    run_id = started(instance, server)
    monitor(instance)
    run = instance.get_run_by_id(run_id)
    assert run is not None
    assert run.status is dg.DagsterRunStatus.FAILURE
    told = [str(event.dagster_event and event.dagster_event.message)
            for event in instance.all_logs(run_id)]  # fmt: skip
    assert any("its process ended with an earlier life of its code server" in one for one in told)


def test_a_run_that_its_server_executes_is_left_alone(
    instance: dg.DagsterInstance, server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = serialize_value(CanCancelExecutionResult(can_cancel=True))
    monkeypatch.setattr(DagsterGrpcClient, "can_cancel_execution", lambda *_: answer)
    run_id = started(instance, server)
    monitor(instance)
    run = instance.get_run_by_id(run_id)
    assert run is not None
    assert run.status is dg.DagsterRunStatus.STARTED


@pytest.mark.parametrize("served", [True, False])
def test_nobody_to_ask_fails_nothing(instance: dg.DagsterInstance, served: bool) -> None:
    """A server that is being restarted, and a run of `dagster job execute`, which has none."""
    run_id = started(instance, free_port() if served else None)
    monitor(instance)
    run = instance.get_run_by_id(run_id)
    assert run is not None
    assert run.status is dg.DagsterRunStatus.STARTED
