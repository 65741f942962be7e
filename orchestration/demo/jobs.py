"""Runs jobs of the batch location through Dagster, as schedules would; its pages show the runs."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date

from orchestration.stack import Stack


class JobFailed(Exception):
    """A run did not succeed; the message ends with the last lines of its log."""


def train_champion(stack: Stack, day: date, progress: Callable[[str], None]) -> None:
    """Job retrain_delay_model for `day`. Raises JobFailed."""
    tags = {"dagster/partition": day.isoformat()}
    execute(stack, "retrain_delay_model", tags, " reading ", progress)


def build_marts(stack: Stack, progress: Callable[[str], None]) -> None:
    """Job build_marts: models, tests and documentation. Raises JobFailed."""
    execute(stack, "build_marts", {}, "Finished dbt ", progress)


def execute(
    stack: Stack, job: str, tags: dict[str, str], telling: str, progress: Callable[[str], None]
) -> None:
    """Run a job in a process of its own and wait; lines with `telling` are progress.

    Raises JobFailed.
    """
    command = [
        sys.executable, "-m", "dagster", "job", "execute",
        "-m", "orchestration.definitions.batch", "-j", job, "--tags", json.dumps(tags),
    ]  # fmt: skip
    environment = {**os.environ, **stack.components["dagster-batch"].environment}
    log: list[str] = []
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        log.append(line.rstrip())
        if telling in line:
            progress(line.rpartition(" - ")[2].strip())
    if process.wait() != 0:
        raise JobFailed(f"job {job} failed:\n" + "\n".join(log[-15:]))
