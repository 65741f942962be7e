"""The state directory: whose version made it, its secrets, its ports, and who holds it.

Layout: `version`, `lock`, `secrets.json` (0600), `endpoints.json` (0600), `ports.json`, `logs/`,
`run/`, and a directory per engine. Deleting it resets everything.
"""

import base64
import fcntl
import json
import os
import secrets
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from packaging.version import Version

from orchestration.stack.errors import (
    AlreadyUp,
    NotEnoughSpace,
    NotPermitted,
    OtherVersion,
    PortTaken,
    RestoreCutOff,
)
from orchestration.stack.privileges import is_root

START_BYTES = 1_000_000_000
"""Free space wanted at a start: the write-ahead log may take half of it before it is recycled."""

IN_PASSING = ("lock", "logs", "run")
"""What says nothing of value once the stack is down."""

REPLACED = ".replaced"
"""While a restore puts its files into place, what was there before lies here."""

PORTS = range(21000, 32000)
"""Below what systems give to outgoing connections, so that a remembered port stays ours."""


class StateDirectory:
    """One stack's directory; nothing is written before `open`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.logs = path / "logs"
        self.run = path / "run"
        self.endpoints_file = path / "endpoints.json"

    def open(self) -> None:
        """Make the directory, check whose it is and that there is room to work in."""
        current = version("knockon")
        try:
            self.make()
            for directory in (self.logs, self.run):
                directory.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise NotPermitted(
                f"cannot write to {self.path} ({error.strerror})",
                "set KNOCKON_STATE_DIR to a directory of yours",
            ) from error
        if (self.path / REPLACED).exists():
            raise RestoreCutOff(
                f"a restore into {self.path} was cut off",
                "run `knockon restore` again, with --replace",
            )
        made_by = self.version()
        if made_by is not None and Version(made_by) > Version(current):
            raise OtherVersion(
                f"{self.path} was made by version {made_by}, this is {current}",
                f"use {made_by} or newer, or set KNOCKON_STATE_DIR to a new directory",
            )
        free = shutil.disk_usage(self.path).free
        if free < START_BYTES:
            raise NotEnoughSpace(
                f"{free // 10**6} MB are free for {self.path}, {START_BYTES // 10**6} are needed",
                "free some space, or set KNOCKON_STATE_DIR to a directory on another disk",
            )

    def make(self) -> None:
        """Make the directory itself."""
        # Root lets the server's own user walk through; what is inside is closed by itself.
        self.path.mkdir(parents=True, exist_ok=True, mode=0o711 if is_root() else 0o700)

    def kept(self) -> list[str]:
        """The names of what is in the directory, apart from what is there in passing."""
        if not self.path.is_dir():
            return []
        names = sorted(path.name for path in self.path.iterdir())
        return [name for name in names if name not in IN_PASSING and not name.startswith(".")]

    def version(self) -> str | None:
        """The version that made or last migrated the directory."""
        stamp = self.path / "version"
        return stamp.read_text().strip() if stamp.is_file() else None

    def stamp(self) -> None:
        """Note that the directory now has the form of this version."""
        _replace(self.path / "version", version("knockon") + "\n", 0o644)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep everybody else from starting or stopping this stack meanwhile."""
        handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise AlreadyUp(
                f"the stack in {self.path} is being started or stopped by another command",
                "wait for it, then look with `knockon status`",
            ) from error
        try:
            yield
        finally:
            os.close(handle)

    def secrets(self) -> dict[str, str]:
        """The secrets of this stack; made at first use. The environment's go first elsewhere."""
        path = self.path / "secrets.json"
        if not path.exists():
            made = {
                "master_key": base64.b64encode(secrets.token_bytes(32)).decode(),
                "role_secret": secrets.token_urlsafe(32),
            }
            _replace(path, json.dumps({"settings": made}), 0o600)
        return dict(json.loads(path.read_text())["settings"])

    def ports(self, names: list[str], pinned: Mapping[str, int]) -> dict[str, int]:
        """A port for each name: the pinned one, else the remembered one, else a free one."""
        path = self.path / "ports.json"
        remembered: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
        chosen = dict(remembered)
        for name in names:
            if name in pinned:
                if not free(pinned[name]):
                    raise PortTaken(
                        f"port {pinned[name]} for {name} is taken by another process",
                        f"stop that process, or choose another port for {name} in KNOCKON_PORTS",
                    )
                chosen[name] = pinned[name]
            elif name not in remembered or not free(remembered[name]):
                chosen[name] = _choose(set(chosen.values()) | set(pinned.values()))
        if chosen != remembered:
            _replace(path, json.dumps(chosen, indent=1), 0o600)
        return {name: chosen[name] for name in names}

    def write_endpoints(self, content: Mapping[str, Any]) -> None:
        """Write down where everything is; settings read it from here."""
        _replace(self.endpoints_file, json.dumps(content, indent=1), 0o600)

    def endpoints(self) -> dict[str, Any]:
        """What the last start wrote down; empty when there was none."""
        if not self.endpoints_file.exists():
            return {}
        return dict(json.loads(self.endpoints_file.read_text()))


def free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1 at this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _choose(taken: set[int]) -> int:
    while True:
        port = secrets.choice(PORTS)
        if port not in taken and free(port):
            return port


def _replace(path: Path, text: str, mode: int) -> None:
    """Write a file whole or not at all, never readable by more than `mode` says."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    unfinished.replace(path)
