"""Health checks that ask a server for an answer in its own protocol, not merely for a port."""

import http.client
import socket
import struct
from urllib.parse import urlsplit

PROBE_SECONDS = 3.0

_METADATA = 3


def http_trouble(url: str) -> str | None:
    """None when a GET of `url` answers 200."""
    parts = urlsplit(url)
    factory = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = factory(parts.hostname or "", parts.port, timeout=PROBE_SECONDS)
    try:
        connection.request("GET", f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}")
        status = connection.getresponse().status
        return None if status == 200 else f"HTTP {status}"
    except (OSError, http.client.HTTPException) as error:
        return _words(error)
    finally:
        connection.close()


def kafka_trouble(bootstrap_servers: str) -> str | None:
    """None when one of the brokers answers a metadata request and knows a live broker.

    Written down here rather than asked through the client library: starting the stack must not
    load it, and a client object retries for half a minute where we want one plain answer.
    """
    reason = "no address"
    for server in bootstrap_servers.split(","):
        host, _, port = server.strip().rpartition(":")
        try:
            with socket.create_connection((host.strip("[]"), int(port)), PROBE_SECONDS) as stream:
                stream.settimeout(PROBE_SECONDS)
                brokers = _brokers(stream)
        except (OSError, ValueError, struct.error) as error:
            reason = _words(error)
            continue
        if brokers:
            return None
        reason = "the cluster has no live broker yet"
    return reason


def _brokers(stream: socket.socket) -> int:
    """How many live brokers a Metadata v0 request for no topic in particular names.

    Kafka protocol guide: request header v1 (key, version, correlation id, client id); the answer
    is a length, the correlation id and the array of brokers.
    """
    client = b"knockon"
    # v1 with an empty array of topics: v0 would read "empty" as "all".
    body = struct.pack(">hhih", _METADATA, 1, 1, len(client)) + client + struct.pack(">i", 0)
    stream.sendall(struct.pack(">i", len(body)) + body)
    (length,) = struct.unpack(">i", _read(stream, 4))
    answer = _read(stream, length)
    _, brokers = struct.unpack(">ii", answer[:8])
    return int(brokers)


def _read(stream: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = stream.recv(size - len(data))
        if not part:
            raise OSError("the connection was closed")
        data += part
    return data


def grpc_trouble(port: int, service: str) -> str | None:
    """None when the gRPC health service on 127.0.0.1 says that `service` serves."""
    import grpc
    from grpc_health.v1 import health_pb2, health_pb2_grpc

    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(
                health_pb2.HealthCheckRequest(service=service), timeout=PROBE_SECONDS
            )
        except grpc.RpcError as error:
            return str(error.code().name).lower()
    serving = health_pb2.HealthCheckResponse.SERVING
    return None if answer.status == serving else "not serving yet"


def _words(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
