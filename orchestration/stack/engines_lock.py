"""Writes engines.lock (`make lock-engines`): what an engine consists of, with hashes."""

import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path

from orchestration.stack.engines import LOCK
from orchestration.stack.errors import StackError
from orchestration.stack.maven import Coordinate, copy_with_maven, maven

LOG4J = "2.24.3"
"""The line that still binds to the slf4j 1.7 that Kafka brings."""

Wanted = tuple[str, bool, list[str], str | None]
"""Version, whether its dependencies belong to it, artifacts, where to lay it out."""

ENGINES: dict[str, Wanted] = {
    "kafka": (
        "4.3.1",
        True,
        [
            "org.apache.kafka:kafka_2.13:4.3.1",
            f"org.apache.logging.log4j:log4j-core:{LOG4J}",
            f"org.apache.logging.log4j:log4j-slf4j-impl:{LOG4J}",
        ],
        None,
    ),
    "apicurio": (
        "3.3.3",
        False,
        ["io.apicurio:apicurio-registry-app:3.3.3:tar.gz:all"],
        "app",
    ),
}
"""What `make setup` fetches."""


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _resolved(listing: Path) -> list[Coordinate]:
    """What `mvn dependency:list` names: lines of group:artifact:type[:classifier]:version:scope."""
    found = []
    for line in listing.read_text().splitlines():
        parts = line.split("--")[0].strip().split(":")
        if len(parts) == 5:
            group, artifact, extension, version, _ = parts
            found.append(Coordinate(group, artifact, version, extension))
        elif len(parts) == 6:
            group, artifact, extension, classifier, version, _ = parts
            found.append(Coordinate(group, artifact, version, extension, classifier))
    return found


def write(engines: Mapping[str, Wanted] = ENGINES, lock: Path = LOCK) -> None:
    """Resolve every engine anew and replace the lock."""
    executable = maven()
    if executable is None:
        raise StackError("resolving dependencies needs Maven", "install Maven and run it again")
    lines = ["# Written by `make lock-engines`; the hashes are of the artifacts as downloaded."]
    for name, (version, transitive, artifacts, unpack) in engines.items():
        with tempfile.TemporaryDirectory() as scratch:
            directory = Path(scratch)
            wanted = [Coordinate.parse(text) for text in artifacts]
            copy_with_maven(executable, wanted, directory, transitive=transitive)
            found = _resolved(directory / "list.txt") if transitive else wanted
            lines += ["", f"[{name}]", f'version = "{version}"']
            if unpack:
                lines.append(f'unpack = "{unpack}"')
            lines.append("artifacts = [")
            for coordinate in sorted(found, key=str):
                digest = sha256(directory / coordinate.file_name)
                lines.append(f'    ["{coordinate}", "{digest}"],')
            lines.append("]")
    lock.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    write()
