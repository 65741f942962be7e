"""A TCP proxy before PostgreSQL that cuts a session in the middle of COPY, or of COMMIT."""

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event as Signal
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

Cut = Literal["mid-COPY", "before COMMIT arrives", "after COMMIT, before its answer"]
COPY, COMMIT = b'copy "landed"', b"Q\x00\x00\x00\x0bCOMMIT\x00"


@dataclass
class Proxy:
    """Passes everything on until `arm` names a cut; that is made once, in the next session."""

    database_url: str
    copied: int = 0
    done: Signal = field(default_factory=Signal)
    _cut: Cut | None = None
    _after_bytes: int = 0
    _closed: bool = False

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The database by way of the proxy."""
        parts = urlsplit(self.database_url)
        user = parts.netloc.rpartition("@")[0]
        netloc = f"{user}@127.0.0.1:{self._listener.getsockname()[1]}"
        return urlunsplit(parts._replace(netloc=netloc))

    def arm(self, cut: Cut, after_bytes: int) -> None:
        """Cut the next session that comes to this; `done` is set then."""
        self.done.clear()
        self.copied, self._after_bytes, self._cut = 0, after_bytes, cut

    def close(self) -> None:
        self._closed = True
        self._listener.close()

    def _accept(self) -> None:
        while not self._closed:
            with suppress(OSError):
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        parts = urlsplit(self.database_url)
        server = socket.create_connection((parts.hostname or "", parts.port or 0))
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=self._answers, args=(server, client), daemon=True).start()
        copying = False
        with suppress(OSError):
            # Smaller than a batch of rows, so that a cut falls inside.
            while data := client.recv(1_024):
                copying = copying or COPY in data
                if copying and self._cut == "mid-COPY":
                    self.copied += len(data)
                    if self.copied > self._after_bytes:
                        server.sendall(data[: len(data) // 2])
                        self._made()
                        break
                if COMMIT in data:
                    if copying and self._cut == "before COMMIT arrives":
                        self._made()
                        break
                    if copying and self._cut == "after COMMIT, before its answer":
                        client.shutdown(socket.SHUT_RDWR)  # nothing of the answer gets through
                        server.sendall(data)
                        self._made()
                        break
                    copying = False
                server.sendall(data)
        for one in (client, server):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _made(self) -> None:
        self._cut = None
        self.done.set()

    @staticmethod
    def _answers(server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65_536):
                client.sendall(data)
        for one in (client, server):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


__all__ = ["Cut", "Proxy"]
