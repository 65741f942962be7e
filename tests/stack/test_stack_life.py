"""A stack's life by its command line: up, up again, signals, crashes, side by side, down."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from orchestration.stack import Stack, attach, start
from orchestration.stack.component import Component
from orchestration.stack.errors import NotUp, Unhealthy
from orchestration.stack.lifecycle import bring_up, silent, take_down
from orchestration.stack.orphans import orphans
from orchestration.stack.supervision import Supervisor

GIVEN = ("DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "SCHEMA_REGISTRY_URL")
SECONDS = 90


def environment(state_dir: Path, **more: str) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if name not in GIVEN},
        "KNOCKON_STATE_DIR": str(state_dir),
        **more,
    }


def knockon(state_dir: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from orchestration.cli import main; main()", *words],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env=environment(state_dir, **more),
    )


def processes_of(state_dir: Path) -> list[psutil.Process]:
    """Everything that runs for this stack: the supervisor and what it started."""
    supervisor = Supervisor(state_dir / "run", state_dir / "logs")
    found = orphans(supervisor.socket)
    for process in psutil.process_iter():
        try:
            if str(state_dir / "run" / "supervisord.conf") in process.cmdline():
                found.append(process)
        except psutil.Error:
            continue
    return found


def eventually(true: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def state_dir(tmp_path: Path) -> Iterator[Path]:
    """A place as private as can be (0700): the database's own user could not walk through it."""
    tmp_path.chmod(0o700)
    directory = tmp_path / "state"
    yield directory
    if (directory / "run").exists():
        knockon(directory, "down")
    assert not processes_of(directory)


def test_up_twice_status_and_down_beside_another_stack(state_dir: Path, stack: Stack) -> None:
    first = knockon(state_dir, "up", "--only", "postgres")
    assert first.returncode == 0, first.stderr
    second = knockon(state_dir, "up")
    assert second.returncode == 0
    assert "is up" in second.stdout
    address = attach(state_dir).components["postgres"].address
    assert address in second.stdout

    status = knockon(state_dir, "status", "--json")
    assert status.returncode == 0, status.stderr
    told = json.loads(status.stdout)
    assert told["healthy"] is True
    assert [(one["name"], one["trouble"]) for one in told["components"]] == [("postgres", None)]
    assert (told["open_dead_letters"], told["alerts"]) == (0, [])
    assert told["analyst_url"].startswith("postgresql://knockon_analyst:")
    assert address != stack.components["postgres"].address
    assert stack.components["postgres"].trouble() is None

    assert "ready to accept connections" in knockon(state_dir, "logs", "postgres").stdout

    assert knockon(state_dir, "down").returncode == 0
    assert not processes_of(state_dir)
    assert stack.components["postgres"].trouble() is None
    with pytest.raises(NotUp):
        attach(state_dir)
    again = knockon(state_dir, "down")
    assert (again.returncode, "no stack runs" in again.stdout) == (0, True)


def test_a_wrong_database_url_is_one_line_and_leaves_nothing(state_dir: Path) -> None:
    url = "postgresql://someone:s3cret@127.0.0.1:1/nowhere"
    said = knockon(state_dir, "up", "--only", "postgres", DATABASE_URL=url)
    assert said.returncode == 1
    assert said.stdout == ""
    lines = said.stderr.strip().splitlines()
    assert len(lines) == 1, said.stderr
    assert "DATABASE_URL cannot be used" in lines[0]
    assert "refused" in lines[0]
    assert "s3cret" not in lines[0]


def test_missing_engines_are_one_line_with_the_mend(state_dir: Path, tmp_path: Path) -> None:
    said = knockon(state_dir, "up", "--only", "kafka", KNOCKON_ENGINES_DIR=str(tmp_path / "none"))
    assert said.returncode == 1
    assert "knockon engines fetch" in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1


def test_a_database_of_yours_is_used_and_not_started(state_dir: Path, stack: Stack) -> None:
    url = stack.create_database()
    try:
        assert stack.settings.role_secret is not None
        secret = stack.settings.role_secret.get_secret_value()
        up = knockon(
            state_dir, "up", "--only", "postgres", DATABASE_URL=url, KNOCKON_ROLE_SECRET=secret
        )
        assert up.returncode == 0, up.stderr
        told = json.loads(knockon(state_dir, "status", "--json", KNOCKON_ROLE_SECRET=secret).stdout)
        assert [(one["version"], one["pid"]) for one in told["components"]] == [("yours", None)]
        assert told["components"][0]["trouble"] is None
        assert not (state_dir / "postgres").exists()
        assert knockon(state_dir, "down").returncode == 0
    finally:
        stack.drop_database(url)
    assert stack.components["postgres"].trouble() is None


def test_what_a_killed_supervisor_left_is_ended_by_the_next_start(state_dir: Path) -> None:
    with start(state_dir, ["postgres"], bound=False) as first:
        url = first.settings.owner_database_url()
        assert first.supervisor.process is not None
        first.supervisor.process.kill()
        first.supervisor.process.wait()
        assert first.components["postgres"].trouble() is None  # it lives on, unsupervised
        with start(state_dir, ["postgres"], bound=False) as second:
            assert second.settings.owner_database_url() == url


def test_a_bound_stack_ends_with_the_process_that_started_it(state_dir: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from orchestration.stack import start\n"
        "start(Path(sys.argv[1]), ['postgres']); print('up', flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(state_dir)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(state_dir),
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        assert processes_of(state_dir)
        process.kill()
    assert eventually(lambda: not processes_of(state_dir))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_the_foreground_stops_the_stack(state_dir: Path, number: int) -> None:
    command = "from orchestration.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", command, "up", "--only", "postgres", "--foreground"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(state_dir),
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("up in"):
                break
        process.send_signal(number)
        assert process.wait(SECONDS) == 0
    assert not processes_of(state_dir)
    log = (state_dir / "logs" / "postgres.log").read_text()
    assert "database system is shut down" in log


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_during_the_start_leaves_nothing(state_dir: Path, number: int) -> None:
    # A shell that runs the tests in the background makes its children deaf to SIGINT.
    command = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from orchestration.cli import main; main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", command, "up", "--only", "postgres,kafka"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(state_dir),
    ) as process:
        assert eventually(lambda: len(processes_of(state_dir)) >= 2)
        process.send_signal(number)
        assert process.wait(SECONDS) != 0
    assert not processes_of(state_dir)


def sleeper(name: str, **more: object) -> Component:
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    values: dict[str, object] = {"trouble": lambda: None, "command": command, **more}
    return Component(name=name, version="1", address="", **values)  # type: ignore[arg-type]


@pytest.fixture
def supervisor(tmp_path: Path) -> Supervisor:
    for name in ("run", "logs"):
        (tmp_path / name).mkdir()
    return Supervisor(tmp_path / "run", tmp_path / "logs")


def test_order_is_by_dependency_up_and_down(supervisor: Supervisor) -> None:
    heard: list[tuple[str, str]] = []

    def hear(name: str, state: str, seconds: float) -> None:
        heard.append((name, state))

    parts = [
        sleeper("ground"),
        sleeper("middle", depends_on=("ground",)),
        sleeper("roof", depends_on=("middle", "not chosen")),
    ]
    supervisor.launch(parts, bound=True)
    bring_up(supervisor, parts, hear)
    take_down(supervisor, parts, hear)
    names = ["ground", "middle", "roof"]
    assert heard == [
        *((name, state) for name in names for state in ("starting", "healthy")),
        *((name, "stopped") for name in reversed(names)),
    ]
    assert not supervisor.answers()


def test_what_ends_at_once_is_told_with_its_last_words(supervisor: Supervisor) -> None:
    broken = sleeper(
        "broken",
        command=[sys.executable, "-c", "print('no such planet'); raise SystemExit(3)"],
        trouble=lambda: "not there",
        start_seconds=30,
    )
    never = sleeper("never", depends_on=("broken",))
    supervisor.launch([broken, never], bound=True)
    try:
        with pytest.raises(Unhealthy, match=r"broken .*no such planet.*read .*broken\.log"):
            bring_up(supervisor, [broken, never], silent)
        assert supervisor.states()["never"]["statename"] == "STOPPED"
    finally:
        take_down(supervisor, [broken, never])


def test_what_never_gets_healthy_is_given_up(supervisor: Supervisor) -> None:
    deaf = sleeper("deaf", trouble=lambda: "does not answer", start_seconds=1)
    supervisor.launch([deaf], bound=True)
    try:
        with pytest.raises(Unhealthy, match=r"not healthy after 1 s \(does not answer\)"):
            bring_up(supervisor, [deaf], silent)
    finally:
        take_down(supervisor, [deaf])


def test_settings_with_special_characters_reach_the_process(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    value = '{"role": "100% p@ss, word"}'
    program = f"import os, sys; open({str(seen)!r}, 'w').write(os.environ['V'] + sys.argv[1])"
    writer = sleeper(
        "writer",
        command=[sys.executable, "-c", program + "; import time; time.sleep(600)", 'a "b" 5% c'],
        environment={"V": value},
        trouble=lambda: None if seen.exists() and seen.read_text() else "not yet",
    )
    supervisor.launch([writer], bound=True)
    try:
        bring_up(supervisor, [writer], silent)
        assert seen.read_text() == value + 'a "b" 5% c'
        assert not [name for name in ("HOME_OF_NOBODY",) if name in seen.read_text()]
    finally:
        take_down(supervisor, [writer])


def test_the_supervisors_files_are_closed_to_others(supervisor: Supervisor) -> None:
    part = sleeper("part", environment={"PASSWORD": "s3cret"})
    supervisor.launch([part], bound=True)
    try:
        assert (supervisor.directory / "supervisord.conf").stat().st_mode & 0o077 == 0
        assert supervisor.socket.stat().st_mode & 0o077 == 0
    finally:
        take_down(supervisor, [part])
