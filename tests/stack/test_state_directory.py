"""The state directory: whose version, which ports, how much room, and one command at a time."""

import json
import shutil
import socket
import stat
from collections import namedtuple
from importlib.metadata import version
from pathlib import Path

import pytest

from orchestration.stack.errors import (
    AlreadyUp,
    NotEnoughSpace,
    NotPermitted,
    OtherVersion,
    PortTaken,
)
from orchestration.stack.state import StateDirectory, free


@pytest.fixture
def state(tmp_path: Path) -> StateDirectory:
    directory = StateDirectory(tmp_path / "state")
    directory.open()
    return directory


def test_a_directory_of_a_newer_version_is_refused(state: StateDirectory) -> None:
    (state.path / "version").write_text("99.0.0\n")
    with pytest.raises(OtherVersion, match=r"99\.0\.0.*KNOCKON_STATE_DIR"):
        state.open()


def test_a_directory_of_an_older_version_is_taken_over(state: StateDirectory) -> None:
    (state.path / "version").write_text("0.0.1\n")
    state.open()
    state.stamp()
    assert state.version() == version("knockon")


def test_a_full_disk_is_told_before_anything_starts(
    state: StateDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(
        shutil, "disk_usage", lambda path: usage(10**9, 10**9 - 5 * 10**6, 5 * 10**6)
    )
    with pytest.raises(NotEnoughSpace, match=r"5 MB are free.*free some space"):
        state.open()


def test_a_place_that_cannot_be_written_says_what_to_set(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(NotPermitted, match="KNOCKON_STATE_DIR"):
        StateDirectory(file / "state").open()


def test_secrets_are_made_once_and_kept_closed(state: StateDirectory) -> None:
    made = state.secrets()
    assert state.secrets() == made
    assert stat.S_IMODE((state.path / "secrets.json").stat().st_mode) == 0o600
    other = StateDirectory(state.path.parent / "other")
    other.open()
    assert set(other.secrets().values()).isdisjoint(made.values())


def test_ports_are_remembered_and_chosen_anew_when_taken(state: StateDirectory) -> None:
    first = state.ports(["postgres", "kafka"], {})
    assert state.ports(["postgres", "kafka"], {}) == first
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", first["kafka"]))
        somebody.listen()
        assert not free(first["kafka"])
        second = state.ports(["postgres", "kafka"], {})
    assert second["postgres"] == first["postgres"]
    assert second["kafka"] != first["kafka"]
    assert json.loads((state.path / "ports.json").read_text()) == second


def test_a_pinned_port_that_is_taken_is_told(state: StateDirectory) -> None:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        port = somebody.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"port {port} for mlflow.*KNOCKON_PORTS"):
            state.ports(["mlflow"], {"mlflow": port})


def test_one_command_at_a_time(state: StateDirectory) -> None:
    with state.held(), pytest.raises(AlreadyUp, match="another command"), state.held():
        pass
    with state.held():
        pass
