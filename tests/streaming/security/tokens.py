"""A small identity provider: gives tokens to the client that knows the secret."""

import json
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

SECRET = "of the client"


def _part(content: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


class _Endpoint(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        login = b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
        client, _, secret = login.partition(":")
        now = int(time.time())
        claims = {"sub": client, "iat": now, "exp": now + 3600, "scope": "kafka"}
        token = f"{_part({'alg': 'none'})}.{_part(claims)}."
        right = secret == SECRET
        answer = {"access_token": token} if right else {"error": "invalid_client"}
        self.send_response(200 if right else 401)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def provider() -> Iterator[str]:
    """Its token endpoint."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Endpoint) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/token"
        server.shutdown()
