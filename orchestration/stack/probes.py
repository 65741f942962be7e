"""Health checks that ask a server for an answer in its own protocol, not merely for a port."""

import http.client
import socket
import ssl
import struct
from base64 import b64encode
from urllib.parse import urlsplit

from streaming.cluster import Cluster, RegistryAccess

PROBE_SECONDS = 3.0
OPEN = RegistryAccess()

_METADATA = 3


def http_trouble(url: str, access: RegistryAccess = OPEN) -> str | None:
    """None when a GET of `url` answers 200."""
    parts = urlsplit(url)
    host, headers = parts.hostname or "", {}
    if access.username is not None and access.password is not None:
        login = f"{access.username}:{access.password.get_secret_value()}"
        headers["Authorization"] = f"Basic {b64encode(login.encode()).decode()}"
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        trust = ssl.create_default_context(cafile=access.ca)
        connection = http.client.HTTPSConnection(
            host, parts.port, timeout=PROBE_SECONDS, context=trust
        )
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=PROBE_SECONDS)
    try:
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        connection.request("GET", path, headers=headers)
        status = connection.getresponse().status
        return None if status == 200 else f"HTTP {status}"
    except (OSError, http.client.HTTPException) as error:
        return _words(error)
    finally:
        connection.close()


def kafka_trouble(cluster: Cluster) -> str | None:
    """None when one of the brokers answers a metadata request and knows a live broker.

    Written down here rather than asked through the client library: starting the stack must not
    load it, and a client object retries for half a minute where we want one plain answer. Only
    where we have to prove who we are it is asked by the client, which knows how.
    """
    if cluster.protocol != "PLAINTEXT":
        return _secured_trouble(cluster)
    reason = "no address"
    for server in cluster.bootstrap_servers.split(","):
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


def _secured_trouble(cluster: Cluster) -> str | None:
    from streaming.broker import Broker, BrokerError

    try:
        Broker(cluster).cluster_id(PROBE_SECONDS)
    except BrokerError as error:
        return _words(error)
    return None


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
