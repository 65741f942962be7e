"""Ends what a killed supervisor left running: such processes would hold the data and the ports.

They are recognised by their environment, into which supervisord writes the address of its socket;
each stack has its own, so nobody else's process can be meant.
"""

import signal
from pathlib import Path

import psutil

MARK = "SUPERVISOR_SERVER_URL"
SECONDS = 30


def orphans(socket: Path) -> list[psutil.Process]:
    """The processes that the supervisor behind this socket has started."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == f"unix://{socket}":
                found.append(process)
        except psutil.Error:
            continue  # somebody else's, or just gone
    return found


def end_orphans(socket: Path) -> int:
    """Ask the orphans to end, then make them; returns how many there were."""
    family = orphans(socket)
    known = {process.pid for process in family}
    for process in family:
        try:
            if process.ppid() not in known:
                # To PostgreSQL, SIGTERM means "when everybody has left", SIGINT means "now".
                is_server = process.name() == "postgres"
                process.send_signal(signal.SIGINT if is_server else signal.SIGTERM)
        except psutil.NoSuchProcess:
            continue
    _, alive = psutil.wait_procs(family, timeout=SECONDS)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, timeout=5)
    return len(family)
