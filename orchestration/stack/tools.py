"""Runs the one-off tools that engines bring along (initdb, storage format), into their log."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from orchestration.stack.errors import Unhealthy

TOOL_SECONDS = 120


def run_tool(
    name: str,
    command: Sequence[str],
    log: Path,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run to the end; its output is appended to `log`, its last line is quoted if it fails."""
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            timeout=TOOL_SECONDS,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin", **(environment or {})},
        )
        output, failed = done.stdout, bool(done.returncode)
    except subprocess.TimeoutExpired as error:
        output, failed = f"{name} did not end in {error.timeout} s", True
    with log.open("a") as file:
        file.write(output if output.endswith("\n") else output + "\n")
    if failed:
        said = [line.strip() for line in output.splitlines() if line.strip()]
        raise Unhealthy(
            f"{name} failed ({said[-1] if said else 'without a word'})",
            f"read {log}, then run `knockon doctor`",
        )
