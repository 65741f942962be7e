"""Backup and restore on real engines: what was there is there again, or nothing is touched."""

import gzip
import hashlib
import io
import json
import shutil
import tarfile
from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.stack import Stack, start
from orchestration.stack.archive import FORMAT, MANIFEST
from orchestration.stack.backup import YOURS, back_up, contents
from orchestration.stack.errors import (
    AlreadyUp,
    ArchiveRefused,
    NotBackedUp,
    NotEmpty,
    NotEnoughSpace,
    OtherVersion,
    RestoreCutOff,
)
from orchestration.stack.restore import FRESH, restore
from orchestration.stack.state import REPLACED, StateDirectory
from streaming.broker import Broker, Message, Publisher, read_to_end
from streaming.store.database import connect
from streaming.topics import TOPICS
from tests.stack.test_stack_life import knockon, processes_of

TOPIC = TOPICS["external.data"]
PLACE = ("external.data", 3)

Members = dict[str, tuple[tarfile.TarInfo, bytes]]


@dataclass(frozen=True)
class Kept:
    """A state directory as it was after its backup, and the archive."""

    state_dir: Path
    archive: Path
    made_at: str


def write(stack: Stack, text: str) -> None:
    """One row and one record."""
    with connect(stack.settings.owner_database_url(), "test") as connection:
        connection.execute("create table if not exists public.said (text text)")
        connection.execute("insert into public.said values (%s)", (text,))
    publisher = Publisher(stack.settings.cluster())
    publisher.send(Message(PLACE[0], b"key", text.encode(), [], PLACE[1]))
    publisher.flush()


def said(stack: Stack) -> tuple[list[str], list[str]]:
    """The rows and the records."""
    with connect(stack.settings.owner_database_url(), "test") as connection:
        rows = [row[0] for row in connection.execute("select text from public.said").fetchall()]
    cluster = stack.settings.cluster()
    return rows, [(one.value or b"").decode() for one in read_to_end(cluster, *PLACE)]


def fingerprint(directory: Path) -> dict[str, str]:
    """Every file with mode, owner and content, but for the lock, which says nothing."""
    found = {}
    for path in sorted(directory.rglob("*")):
        status = path.stat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[str(path.relative_to(directory))] = f"{status.st_mode:o} {status.st_uid} {content}"
    return {name: what for name, what in found.items() if name != "lock"}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A stack that was backed up while it was up, and has gone on since."""
    directory = tmp_path_factory.mktemp("backup")
    state_dir, archive = directory / "state", directory / "knockon.tar.gz"
    with start(state_dir, ["postgres", "kafka"]) as stack:
        Broker(stack.settings.cluster()).ensure_topics([TOPIC])
        write(stack, "before")
        pid = stack.pid("postgres")
        troubles: list[str | None] = []

        def copying(done: int, total: int) -> None:
            if not troubles:
                troubles.extend(part.trouble() for part in stack.components.values())

        made = back_up(state_dir, archive, copying=copying)
        # What is copied while it is being written is of no moment at all.
        assert len(troubles) == 2
        assert None not in troubles
        assert stack.pid("postgres") not in (0, pid)
        assert said(stack) == (["before"], ["before"])
        write(stack, "after")
        assert made.bytes == archive.stat().st_size
        assert made.manifest.postgres == "18"
    assert not processes_of(state_dir)
    return Kept(state_dir, archive, made.manifest.made_at)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """An archive of a few files, quick to read; the stack never ran."""
    state = StateDirectory(tmp_path / "small")
    state.open()
    state.secrets()
    state.stamp()
    (state.path / "mlflow" / "artifacts").mkdir(parents=True)
    (state.path / "mlflow" / "artifacts" / "model").write_bytes(b"weights" * 1_000)
    (state.path / "mlflow" / "artifacts").chmod(0o750)
    file = tmp_path / "small.tar"
    back_up(state.path, file, compressed=False)
    return file


def test_the_old_row_and_record_are_there_again(kept: Kept, tmp_path: Path) -> None:
    state_dir = tmp_path / "state"
    shutil.copytree(kept.state_dir, state_dir, copy_function=shutil.copy)
    refused = knockon(state_dir, "restore", str(kept.archive))
    assert refused.returncode == 1
    assert "postgres" in refused.stderr
    assert "--replace" in refused.stderr

    done = knockon(state_dir, "restore", "--replace", "--json", str(kept.archive))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["made_at"] == kept.made_at
    assert [path.name for path in state_dir.iterdir() if path.name.startswith(".")] == []
    with start(state_dir, ["postgres", "kafka"]) as stack:
        write(stack, "again")
        assert said(stack) == (["before", "again"], ["before", "again"])


def test_modes_and_contents_are_as_they_were(small: Path, tmp_path: Path) -> None:
    restore(tmp_path / "new", small)
    before = fingerprint(tmp_path / "small")
    assert before["secrets.json"].startswith("100600 ")
    assert before["mlflow/artifacts"].startswith("40750 ")
    assert fingerprint(tmp_path / "new") == {
        name: what for name, what in before.items() if name not in ("logs", "run")
    }


def test_the_archive_is_closed_to_others_and_holds_what_counts(kept: Kept) -> None:
    assert kept.archive.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in kept.archive.parent.iterdir() if path.name[0] == "."] == []
    with tarfile.open(kept.archive) as tar:
        names = set(tar.getnames())
    assert {"secrets.json", "version", "ports.json", "postgres/data/PG_VERSION"} <= names
    assert any(name.startswith(f"kafka/data/{PLACE[0]}-{PLACE[1]}/") for name in names)
    tops = {name.partition("/")[0] for name in names}
    assert tops.isdisjoint({"logs", "run", "lock", "endpoints.json"})
    assert "postgres/data/postmaster.pid" not in names


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_a_cut_off_archive_is_refused_and_nothing_touched(
    kept: Kept, tmp_path: Path, share: float
) -> None:
    cut = tmp_path / "cut.tar.gz"
    content = kept.archive.read_bytes()
    cut.write_bytes(content[: int(len(content) * share)])
    before = fingerprint(kept.state_dir)
    with pytest.raises(ArchiveRefused, match="is no whole backup"):
        restore(kept.state_dir, cut, replace=True)
    assert fingerprint(kept.state_dir) == before


def test_an_archive_cut_off_between_two_files_is_refused(small: Path, tmp_path: Path) -> None:
    """Such a tar reads well to its end; only the manifest is missing."""
    with tarfile.open(small) as tar:
        end = tar.getmember(MANIFEST).offset
    small.write_bytes(small.read_bytes()[:end] + bytes(1024))
    with pytest.raises(ArchiveRefused, match="its end is missing"):
        restore(tmp_path / "new", small)
    assert not (tmp_path / "new").exists()


def rewritten(file: Path, change: Callable[[Members], None]) -> None:
    """The archive with other members, as somebody would write it who knows tar."""
    members: Members = {}
    with tarfile.open(file) as tar:
        for member in tar:
            content = tar.extractfile(member)
            members[member.name] = (member, content.read() if content else b"")
    change(members)
    with tarfile.open(file, "w") as tar:
        for member, content in members.values():
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def listed(members: Members, **told: object) -> None:
    """Change what the manifest says."""
    member, content = members.pop(MANIFEST)
    manifest = json.loads(content) | told
    members[MANIFEST] = (member, json.dumps(manifest).encode())


@pytest.mark.parametrize(
    "what", ["content", "mode", "extra", "missing", "twice", "after the manifest"]
)
def test_an_altered_archive_is_refused(small: Path, tmp_path: Path, what: str) -> None:
    def change(members: Members) -> None:
        name = "mlflow/artifacts/model"
        member, content = members[name]
        if what == "content":
            members[name] = (member, content.replace(b"weights", b"Weights", 1))
        elif what == "mode":
            member.mode = 0o777
        elif what == "missing":
            del members[name]
        elif what == "twice":
            last = members.pop(MANIFEST)
            members.update({"again": (member, content), MANIFEST: last})
        else:
            last = members.pop(MANIFEST)
            extra = {"evil": (tarfile.TarInfo("evil"), b"x")}
            order = [extra, {MANIFEST: last}]
            for part in order if what == "extra" else reversed(order):
                members.update(part)

    rewritten(small, change)
    with pytest.raises(ArchiveRefused, match=r"model|evil"):
        restore(tmp_path / "new", small)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("kind", ["up", "absolute", "symbolic link", "hard link", "device"])
def test_members_that_lead_out_are_refused(small: Path, tmp_path: Path, kind: str) -> None:
    """Even when the manifest agrees with them."""
    member = tarfile.TarInfo("escape")
    content = b"mine now"
    if kind == "up":
        member.name = "../escaped"
    elif kind == "absolute":
        member.name = str(tmp_path / "escaped")
    else:
        member.type = {
            "symbolic link": tarfile.SYMTYPE,
            "hard link": tarfile.LNKTYPE,
            "device": tarfile.CHRTYPE,
        }[kind]
        member.linkname, content = "/etc/passwd", b""

    def change(members: Members) -> None:
        _, told = members[MANIFEST]
        digest = hashlib.sha256(content).hexdigest()
        entry = {"path": member.name, "mode": member.mode, "size": len(content), "sha256": digest}
        listed(members, entries=[*json.loads(told)["entries"], entry])
        last = members.pop(MANIFEST)
        members.update({member.name: (member, content), MANIFEST: last})

    rewritten(small, change)
    with pytest.raises(ArchiveRefused, match="leads out of it"):
        restore(tmp_path / "new", small)
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "escaped").exists()


@pytest.mark.parametrize(
    ("told", "error", "said"),
    [
        ({"version": "99.0.0"}, OtherVersion, r"made by version 99\.0\.0.*use 99\.0\.0 or newer"),
        ({"postgres": "17"}, OtherVersion, r"PostgreSQL 17.*pg_dump"),
        ({"format": FORMAT + 1}, ArchiveRefused, "a form that this version does not know"),
    ],
)
def test_what_a_newer_version_made_is_refused(
    small: Path, tmp_path: Path, told: dict[str, object], error: type[Exception], said: str
) -> None:
    rewritten(small, lambda members: listed(members, **told))
    with pytest.raises(error, match=said):
        restore(tmp_path / "new", small)
    assert not (tmp_path / "new").exists()


def test_a_running_stack_is_left_alone(stack: Stack, small: Path) -> None:
    pids = {name: stack.pid(name) for name in stack.components}
    with pytest.raises(AlreadyUp, match="knockon down"):
        restore(stack.site.state.path, small, replace=True)
    assert {name: stack.pid(name) for name in stack.components} == pids
    assert stack.components["postgres"].trouble() is None


def test_too_little_room_is_told_before_anything_is_written(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = StateDirectory(tmp_path / "new")
    state.open()
    state.secrets()
    before = fingerprint(state.path)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9, 100))
    with pytest.raises(NotEnoughSpace, match="free some space"):
        restore(state.path, small, replace=True)
    assert fingerprint(state.path) == before
    with pytest.raises(NotEnoughSpace, match="free some space"):
        back_up(state.path, tmp_path / "another.tar")
    assert not (tmp_path / "another.tar").exists()


def test_a_restore_that_fails_half_way_leaves_what_was_there(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of the renames fails: those before it are undone."""
    state = StateDirectory(tmp_path / "new")
    state.open()
    state.secrets()
    (state.path / "kafka").mkdir()
    before = fingerprint(state.path)
    rename = Path.rename

    def failing(path: Path, target: Path) -> Path:
        if path.name == "version":
            raise PermissionError("no")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(PermissionError):
        restore(state.path, small, replace=True)
    monkeypatch.undo()
    assert fingerprint(state.path) == before


def test_a_restore_that_was_killed_is_not_started_from_and_can_be_done_again(
    small: Path, tmp_path: Path
) -> None:
    state = StateDirectory(tmp_path / "new")
    state.open()
    (state.path / FRESH).mkdir()
    (state.path / REPLACED).mkdir()
    (state.path / REPLACED / "secrets.json").write_text("old")
    with pytest.raises(RestoreCutOff, match="knockon restore"):
        state.open()
    with pytest.raises(NotEmpty, match=r"secrets\.json"):
        restore(state.path, small)
    assert (state.path / "secrets.json").read_text() == "old"
    restore(state.path, small, replace=True)
    state.open()
    assert (state.path / "mlflow" / "artifacts" / "model").read_bytes() == b"weights" * 1_000


def test_a_backup_that_is_interrupted_leaves_no_file(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path / "state")
    state.open()
    state.secrets()

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    (tmp_path / "out").mkdir()
    with pytest.raises(KeyboardInterrupt):
        back_up(state.path, tmp_path / "out" / "file", copying=interrupt)
    assert list((tmp_path / "out").iterdir()) == []


def test_places_and_contents_that_make_no_backup_are_refused(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path / "state")
    with pytest.raises(NotBackedUp, match="keeps nothing"):
        back_up(state.path, tmp_path / "file")
    state.open()
    state.secrets()
    with pytest.raises(NotBackedUp, match="lies in the state directory"):
        back_up(state.path, state.path / "file")
    with pytest.raises(NotBackedUp, match="choose a directory"):
        back_up(state.path, tmp_path / "nowhere" / "file")
    (tmp_path / "file").touch()
    with pytest.raises(NotBackedUp, match="exists"):
        back_up(state.path, tmp_path / "file")
    (tmp_path / "elsewhere").mkdir()
    (state.path / "kafka").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotBackedUp, match="symbolic link"):
        back_up(state.path, tmp_path / "other")


def test_what_is_yours_is_named_with_what_to_do(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path / "state")
    state.open()
    state.secrets()
    said = knockon(
        state.path,
        *("backup", "--json", str(tmp_path / "file")),
        DATABASE_URL="postgresql://me@db.example/knockon",
        KNOCKON_MASTER_KEY="MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    )
    assert said.returncode == 0, said.stderr
    told = json.loads(said.stdout)
    assert told["not_included"] == [YOURS["database_url"], YOURS["master_key"]]
    assert "pg_dump" in told["not_included"][0]


def test_logs_and_caches_stay_out(tmp_path: Path) -> None:
    wanted = ("dagster/storage/run/result", "mlflow/artifacts/1/model", "kafka/data/t-0/0.log")
    unwanted = ("dagster/storage/run/compute_logs/a.out", "dagster/logs/x", "dbt/target/y",
                "logs/kafka.log", "run/supervisord.conf", "kafka/data/.lock")  # fmt: skip
    for name in (*wanted, *unwanted):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = {str(path.relative_to(tmp_path)) for path in contents(tmp_path) if path.is_file()}
    assert found == set(wanted)


def test_a_flipped_bit_is_found(kept: Kept, tmp_path: Path) -> None:
    """Not by gzip's checksum alone: an archive packed anew has a right one."""
    content = bytearray(gzip.decompress(kept.archive.read_bytes()))
    with tarfile.open(fileobj=io.BytesIO(bytes(content))) as tar:
        member = next(m for m in tar if m.size > 100_000 and m.name.startswith("postgres/"))
    content[member.offset_data + 5_000] ^= 1
    flipped = tmp_path / "flipped.tar"
    flipped.write_bytes(bytes(content))
    with pytest.raises(ArchiveRefused, match=member.name):
        restore(tmp_path / "new", flipped)
