"""A registry as companies have it: behind TLS and basic authentication, before the real one."""

import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.streaming.security.certificates import KEY_PASSWORD

LOGIN = ("schemas", "of the registry")


@contextmanager
def guarded_registry(url: str, certificate: Path) -> Iterator[str]:
    """Its address; what is asked of it with the right login is asked of `url`."""
    right = f"Basic {b64encode(':'.join(LOGIN).encode()).decode()}"

    class Guard(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            if self.headers["Authorization"] != right:
                self.send_error(401)
                return
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)) or None
            kind = {"Content-Type": self.headers["Content-Type"] or "application/json"}
            asked = Request(url + self.path, body, kind, method=self.command)  # noqa: S310
            try:
                with urlopen(asked) as answer:  # noqa: S310
                    status, told = answer.status, answer.read()
            except HTTPError as error:
                status, told = error.code, error.read()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        do_GET = do_POST = do_PUT = _pass_on

        def log_message(self, *_: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"), KEY_PASSWORD)
    with ThreadingHTTPServer(("127.0.0.1", 0), Guard) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()
