"""Processes of a contender: started so that they end with us, their CPU counted, and stopped."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import psutil

from orchestration.stack.supervision import inherited_environment

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 15


def spawn(
    command: Sequence[str], environment: Mapping[str, str], log: Path
) -> subprocess.Popen[str]:
    """Start in a session of its own; it speaks into `log` and hears us on its stdin."""
    setpriv = shutil.which("setpriv")
    with log.open("ab") as output:
        return subprocess.Popen(
            [*([setpriv, "--pdeathsig=TERM"] if setpriv else []), *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            text=True,
            cwd=ROOT,
            env={
                **inherited_environment(os.environ),
                "PYTHONUNBUFFERED": "1",
                **environment,
            },
            start_new_session=True,
        )


def end(processes: Sequence[subprocess.Popen[str]]) -> None:
    """Stop them with all that they started: asked first, then made to."""
    for process in processes:
        _signal(process, signal.SIGTERM)
    for process in processes:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            _signal(process, signal.SIGKILL)  # also what it left in its session
            process.wait()
            if process.stdin:
                process.stdin.close()


def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        return


def cpu_seconds(pids: Iterable[int]) -> float:
    """CPU of these processes and all below them, those that have ended included.

    A process counts its ended children (once it has waited for them), so nothing is lost or
    counted twice.
    """
    return sum(_tree(pid) for pid in pids)


def _tree(pid: int) -> float:
    try:
        process = psutil.Process(pid)
        below = process.children(recursive=True)
    except psutil.NoSuchProcess:
        return 0.0
    return _own(process) + sum(map(_own, below))


def _own(process: psutil.Process) -> float:
    try:
        spent = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    ended = getattr(spent, "children_user", 0.0) + getattr(spent, "children_system", 0.0)
    return float(spent.user + spent.system + ended)


def complaint(log: Path) -> str:
    """What a process that ended says of it: its last line about an error, else its last line."""
    text = log.read_bytes()[-20_000:].decode(errors="replace") if log.is_file() else ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    about = [line for line in lines if "Error" in line or "Exception" in line] or lines
    return f" ({about[-1][:200]})" if about else ""
