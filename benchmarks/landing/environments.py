"""The peers' own environments: made on first use from peers.lock, beside the engines.

Each peer has one for itself, because they pin different clients; one that cannot be installed on
a machine or for its Python leaves the others alone.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from orchestration.stack import engines, engines_lock
from orchestration.stack.errors import StackError
from scripts.set_up import settings_of_pip

LOCK = Path(__file__).with_name("peers.lock")
CONNECT_LOCK = Path(__file__).with_name("connect.lock")
INSTALL_SECONDS = 300

WANTED = {
    "quixstreams": ["quixstreams==3.28.1", "psycopg2-binary", "fastavro"],
    "faust": ["faust-streaming==0.15.3", "aiokafka[lz4]", "psycopg[binary]", "fastavro"],
    "bytewax": ["bytewax==0.21.1", "confluent-kafka", "psycopg[binary]", "fastavro"],
}
CONNECT = {
    "connect": (
        "4.3.1",
        True,
        [
            "org.apache.kafka:connect-runtime:4.3.1",
            "org.apache.kafka:connect-json:4.3.1",
            "io.debezium:debezium-connector-jdbc:3.5.0.Final",
            "org.postgresql:postgresql:42.7.8",
            f"org.apache.logging.log4j:log4j-core:{engines_lock.LOG4J}",
            f"org.apache.logging.log4j:log4j-slf4j-impl:{engines_lock.LOG4J}",
        ],
        None,
    ),
}
HEADING = "# peer: "

Say = Callable[[str], None]


class NotAvailable(Exception):
    """This peer cannot run here; says why."""


def python_of(peer: str, engines_dir: Path, say: Say) -> Path:
    """The interpreter of a peer's environment, made when it is not there. Raises NotAvailable."""
    requirements = locked()[peer]
    digest = hashlib.sha256(f"{sys.version_info[:2]} {requirements}".encode()).hexdigest()[:12]
    directory = engines_dir / "peers" / f"{peer}-{digest}"
    python = directory / "bin" / "python"
    stamp = directory / ".complete"
    if stamp.is_file() and python.exists():
        return python
    say(f"installing {peer} into an environment of its own")
    shutil.rmtree(directory, ignore_errors=True)
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(requirements)
        file.flush()
        _uv("venv", "--quiet", "--python", sys.executable, str(directory))
        _uv(
            *("pip", "install", "--quiet", "--python", str(python)),
            *("--require-hashes", "--only-binary", ":all:", "--requirement", file.name),
        )
    stamp.touch()
    return python


def connect_jars(engines_dir: Path, say: Say) -> Path:
    """The directory with Kafka Connect and Debezium's sink. Raises NotAvailable."""
    try:
        engines.fetch(engines_dir, say=say, lock=CONNECT_LOCK)
    except StackError as error:
        raise NotAvailable(error.problem) from error
    return engines.locked(CONNECT_LOCK)["connect"].directory(engines_dir)


def locked() -> dict[str, str]:
    """Requirements with hashes by peer."""
    found: dict[str, str] = {}
    for part in LOCK.read_text().split(HEADING)[1:]:
        peer, _, requirements = part.partition("\n")
        found[peer.strip()] = requirements
    return found


def write_locks() -> None:
    """Resolve all peers anew: peers.lock by uv, connect.lock by Maven."""
    parts = ["# Written by `make lock-peers`.\n"]
    for peer, wanted in WANTED.items():
        with tempfile.NamedTemporaryFile("w", suffix=".in") as file:
            file.write("\n".join(wanted))
            file.flush()
            resolved = _uv(
                *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
                *("--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate"),
                file.name,
            )
        parts.append(f"\n{HEADING}{peer}\n{resolved}")
    LOCK.write_text("".join(parts))
    engines_lock.write(CONNECT, CONNECT_LOCK)


def _uv(*arguments: str) -> str:
    command = [str(Path(sys.executable).with_name("uv")), *arguments]
    environment = {**os.environ, **settings_of_pip()}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=INSTALL_SECONDS, env=environment
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotAvailable(f"cannot be installed ({type(error).__name__})") from error
    if done.returncode:
        said = "".join(mark for mark in done.stderr if mark.isascii())
        raise NotAvailable(f"cannot be installed ({' '.join(said.split())[:200]})")
    return done.stdout


if __name__ == "__main__":
    write_locks()
