"""Hands processes to supervisord and speaks with it; order and health are decided elsewhere.

Every program has a configuration of its own with `autostart=false`: supervisord keeps running
what it was told to run, and stops in reverse order by itself when it is told to end.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import xmlrpc.client
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestration.stack.component import Component
from orchestration.stack.errors import StackError, Unhealthy
from orchestration.stack.privileges import is_root

SOCKET_PATH_LIMIT = 100
"""A unix socket's path may have 104 characters on macOS, 108 on Linux; supervisord adds a few."""

INHERITED = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
INHERITED_ENDINGS = ("_PROXY", "_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")


class Supervisor:
    """The supervisord of one stack, reached through a socket that only its user may open."""

    def __init__(self, directory: Path, logs: Path) -> None:
        self.directory = directory
        self.logs = logs
        self.socket = _socket_path(directory)
        self.process: subprocess.Popen[bytes] | None = None

    def launch(self, components: Sequence[Component], *, bound: bool) -> None:
        """Start supervisord over these components, in their start order; none of them runs yet.

        `bound` ties it to this process: it ends, and with it the stack, when this process does.
        """
        configuration = self.directory / "supervisord.conf"
        handle = os.open(configuration, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(self._configuration(components))
        self.socket.unlink(missing_ok=True)
        command = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(configuration)]
        setpriv = shutil.which("setpriv")
        if bound and setpriv:
            command = [setpriv, "--pdeathsig=TERM", *command]
        with (self.logs / "supervisord.out").open("ab") as output:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=inherited_environment(os.environ),
                start_new_session=True,
            )
        deadline = time.monotonic() + 20
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Unhealthy(
                    "the process supervisor did not start", f"read {self.logs}/supervisord.out"
                )
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether supervisord is there."""
        if not self.socket.exists():
            return False
        try:
            self._call("getState")
        except (OSError, xmlrpc.client.Error):
            return False
        return True

    def states(self) -> dict[str, dict[str, Any]]:
        """By component: `statename`, `pid`, `start` and the rest of supervisor's process info."""
        return {one["name"]: one for one in self._call("getAllProcessInfo")}

    def start(self, name: str) -> None:
        self._call("startProcess", name, False)

    def stop(self, name: str) -> None:
        """Ask one program to end, without waiting for it."""
        try:
            self._call("stopProcess", name, False)
        except xmlrpc.client.Fault as fault:
            if "NOT_RUNNING" not in fault.faultString:
                raise

    def signal(self, name: str, number: str) -> None:
        """Send a signal, by its name without SIG, to a program unless it has ended."""
        try:
            self._call("signalProcess", name, number)
        except xmlrpc.client.Fault as fault:
            if "NOT_RUNNING" not in fault.faultString:
                raise

    def end(self, seconds: float = 90) -> None:
        """Ask supervisord to end (and with it whatever still runs) and wait until it is gone."""
        try:
            pid = int(self._call("getPID"))
            self._call("shutdown")
        except (OSError, xmlrpc.client.Error):
            return
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process is not None:
                if self.process.poll() is not None:
                    return
            elif not _alive(pid):
                return
            time.sleep(0.05)
        raise Unhealthy(f"the process supervisor (pid {pid}) does not end", f"kill {pid}")

    def _call(self, method: str, *arguments: Any) -> Any:
        from supervisor.xmlrpc import SupervisorTransport

        # A proxy per call: they cannot be shared by threads, and one costs nothing.
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        proxy = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
        try:
            return getattr(proxy.supervisor, method)(*arguments)
        finally:
            transport.close()

    def _configuration(self, components: Sequence[Component]) -> str:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        files = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
        sections = [
            "[unix_http_server]",
            f"file={_plain(self.socket)}",
            "chmod=0700",
            "[supervisord]",
            f"logfile={_plain(self.logs / 'supervisord.log')}",
            "logfile_maxbytes=5MB",
            "logfile_backups=1",
            f"pidfile={_plain(self.directory / 'supervisord.pid')}",
            f"childlogdir={_plain(self.logs)}",
            f"directory={_plain(self.directory)}",
            f"minfds={files}",
            "umask=077",
            "nocleanup=true",
            *(["user=root"] if is_root() else []),
            "[rpcinterface:supervisor]",
            "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
        ]
        for priority, component in enumerate(components, start=1):
            if not component.embedded:
                continue
            sections += [
                f"[program:{component.name}]",
                f"command={' '.join(_quoted(part) for part in component.command)}",
                f"environment={_environment(component.environment)}",
                f"priority={priority}",
                "autostart=false",
                "autorestart=true",
                "startsecs=1",
                "startretries=10",
                f"stopsignal={component.stop_signal}",
                f"stopwaitsecs={component.stop_seconds}",
                f"stopasgroup={str(component.stops_as_group).lower()}",
                "killasgroup=true",
                "redirect_stderr=true",
                f"stdout_logfile={_plain(self.logs / (component.name + '.log'))}",
                "stdout_logfile_maxbytes=10MB",
                "stdout_logfile_backups=2",
            ]
        return "\n".join(sections) + "\n"


def inherited_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What a process of the stack gets from ours: where programs, homes and proxies are."""
    return {
        name: value
        for name, value in environment.items()
        if name in INHERITED or name.endswith(INHERITED_ENDINGS)
    }


def _socket_path(directory: Path) -> Path:
    """Beside the configuration; where that path is too long, in a private directory elsewhere."""
    path = directory / "supervisor.sock"
    if len(str(path)) <= SOCKET_PATH_LIMIT:
        return path
    pointer = directory / "socket-directory"
    if not pointer.exists():
        directory.mkdir(parents=True, exist_ok=True)
        pointer.write_text(tempfile.mkdtemp(prefix="knockon-"))
    private = Path(pointer.read_text())
    private.mkdir(mode=0o700, exist_ok=True)
    return private / "supervisor.sock"


def _plain(value: object) -> str:
    """A value of supervisord's file: percent signs expand there, and some text ends a line."""
    text = str(value)
    if _ends_a_line(text):
        raise StackError(
            f"supervisord cannot be told {text!r}", "use paths without ' ;', ' #' and line ends"
        )
    return text.replace("%", "%%")


def _ends_a_line(text: str) -> bool:
    return any(mark in text for mark in ("\n", " ;", " #"))


def _quoted(part: str) -> str:
    """One word of a command line, as supervisord splits it."""
    escaped = _plain(part).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _environment(environment: Mapping[str, str]) -> str:
    pairs = []
    for name, value in environment.items():
        quote = "'" if '"' in value else '"'
        if quote in value or _ends_a_line(value):
            raise StackError(  # without the value, which may be a password
                f"supervisord cannot be told {name}",
                "use a value without line ends, ' ;' and ' #', and with one kind of quotes",
            )
        pairs.append(f"{name}={quote}{_plain(value)}{quote}")
    return ",".join(pairs)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
