"""Trains the champion through Dagster, as the schedule would: the run shows in its pages."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date

from orchestration.stack import Stack


class TrainingFailed(Exception):
    """The training run did not succeed; the message ends with the last lines of its log."""


def train_champion(stack: Stack, day: date, progress: Callable[[str], None]) -> None:
    """Run job retrain_delay_model for `day` in a process of its own and wait for it.

    Raises TrainingFailed.
    """
    command = [
        sys.executable, "-m", "dagster", "job", "execute",
        "-m", "orchestration.definitions.batch", "-j", "retrain_delay_model",
        "--tags", f'{{"dagster/partition": "{day.isoformat()}"}}',
    ]  # fmt: skip
    environment = {**os.environ, **stack.components["dagster-batch"].environment}
    log: list[str] = []
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        log.append(line.rstrip())
        if " reading " in line:
            progress(line.rpartition(" - ")[2].strip())
    if process.wait() != 0:
        raise TrainingFailed("training failed:\n" + "\n".join(log[-15:]))
