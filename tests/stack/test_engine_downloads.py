"""Engines are fetched whole or not at all, and whoever is refused is told what to do."""

import hashlib
import http.server
import io
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from orchestration.stack import engines, maven
from orchestration.stack.engines import Engine, fetch, locked, require
from orchestration.stack.errors import DownloadFailed, EnginesMissing, NotEnoughSpace
from orchestration.stack.maven import Coordinate

GOOD = b"the content of a jar" * 1000
PATHS = {
    "/org/example/good/1.0/good-1.0.jar": GOOD,
    "/org/example/cut/1.0/cut-1.0.jar": GOOD,
    "/org/example/other/1.0/other-1.0.jar": b"somebody else's content",
}


class Repository(http.server.BaseHTTPRequestHandler):
    """Serves PATHS; `cut` ends in the middle; `mended` lists what behaves from now on."""

    mended: ClassVar[set[str]] = set()
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        content = PATHS.get(self.path)
        if content is None:
            self.send_error(403)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        broken = "cut" in self.path and self.path not in self.mended
        self.wfile.write(content[: len(content) // 2] if broken else content)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def repository() -> Iterator[str]:
    Repository.mended.clear()
    Repository.asked.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Repository) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def lock(monkeypatch: pytest.MonkeyPatch, *names: str, unpack: str | None = None) -> Engine:
    digest = hashlib.sha256(GOOD).hexdigest()
    artifacts = tuple((Coordinate("org.example", name, "1.0"), digest) for name in names)
    engine = Engine("example", "1.0", artifacts, unpack)
    monkeypatch.setattr(engines, "locked", lambda *_: {"example": engine})
    return engine


def test_a_whole_download_is_taken_and_not_fetched_again(
    repository: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(monkeypatch, "good")
    fetch(tmp_path, repository=repository)
    assert (require("example", tmp_path) / "good-1.0.jar").read_bytes() == GOOD
    asked = len(Repository.asked)
    fetch(tmp_path, repository=repository)
    assert len(Repository.asked) == asked


def test_a_cut_download_leaves_nothing_that_looks_whole_and_goes_on_later(
    repository: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(monkeypatch, "good", "cut")
    with pytest.raises(DownloadFailed, match=r"cut:1\.0 was cut off.*run it again"):
        fetch(tmp_path, repository=repository)
    assert [file.name for file in (tmp_path / "example-1.0").iterdir()] == ["good-1.0.jar"]
    with pytest.raises(EnginesMissing, match="knockon engines fetch"):
        require("example", tmp_path)
    Repository.mended.add("/org/example/cut/1.0/cut-1.0.jar")
    fetch(tmp_path, repository=repository)
    assert Repository.asked.count("/org/example/good/1.0/good-1.0.jar") == 1
    require("example", tmp_path)


def test_a_refused_download_names_the_artifact(
    repository: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(monkeypatch, "absent")
    with pytest.raises(DownloadFailed, match=r"absent:1\.0 was refused \(.*403.*check the network"):
        fetch(tmp_path, repository=repository)


def test_no_network_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock(monkeypatch, "good")
    with pytest.raises(DownloadFailed, match="check the network") as told:
        fetch(tmp_path, repository="http://127.0.0.1:9")
    assert "\n" not in str(told.value)


def test_another_content_than_the_lock_names_is_refused(
    repository: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(monkeypatch, "other")
    with pytest.raises(DownloadFailed, match=r"not the file that the lock names"):
        fetch(tmp_path, repository=repository)


def test_a_full_disk_is_told_before_the_download(
    repository: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(monkeypatch, "good")
    monkeypatch.setattr(engines, "FETCH_BYTES", 10**18)
    with pytest.raises(NotEnoughSpace, match="KNOCKON_ENGINES_DIR"):
        fetch(tmp_path, repository=repository)
    assert Repository.asked == []


def test_a_failing_maven_is_replaced(
    repository: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(monkeypatch, "good")
    broken = tmp_path / "mvn"
    broken.write_text("#!/bin/sh\necho '[ERROR] the mirror is down'\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(engines, "maven", lambda: str(broken))
    direct = maven.copy_without_maven
    monkeypatch.setattr(
        engines,
        "copy_without_maven",
        lambda wanted, directory, _: direct(wanted, directory, repository),
    )
    said: list[str] = []
    fetch(tmp_path / "engines", say=said.append)
    assert any("the mirror is down" in line and "without Maven" in line for line in said)
    require("example", tmp_path / "engines")


def test_an_archive_is_laid_out_whole(
    repository: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.addfile(member := tarfile.TarInfo("lib/a.jar"), io.BytesIO(b""))
        assert member.size == 0
    monkeypatch.setitem(PATHS, "/org/example/packed/1.0/packed-1.0.tar.gz", packed.getvalue())
    digest = hashlib.sha256(packed.getvalue()).hexdigest()
    coordinate = Coordinate("org.example", "packed", "1.0", "tar.gz")
    engine = Engine("example", "1.0", ((coordinate, digest),), "app")
    monkeypatch.setattr(engines, "locked", lambda *_: {"example": engine})
    fetch(tmp_path, repository=repository)
    assert (require("example", tmp_path) / "app/lib/a.jar").is_file()
    assert not list((tmp_path / "example-1.0").glob("*.tar.gz"))


def test_the_lock_names_every_artifact_with_a_hash() -> None:
    assert set(locked()) == {"kafka", "apicurio"}
    for engine in locked().values():
        assert engine.artifacts
        for coordinate, digest in engine.artifacts:
            assert coordinate.version
            assert len(bytes.fromhex(digest)) == 32


@pytest.mark.parametrize(
    "text", ["org.apache.kafka:kafka_2.13:4.3.1", "io.apicurio:app:3.3.3:tar.gz:all"]
)
def test_a_coordinate_reads_what_it_writes(text: str) -> None:
    assert str(Coordinate.parse(text)) == text
