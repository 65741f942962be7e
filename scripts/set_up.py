"""Sets the checkout up: .venv with everything of requirements.lock, the project, the engines.

Runs before anything is installed, so it needs Python and its standard library only. Every step
leaves a stamp with the hash of what it read; a second run looks at the stamps and is done. pip's
settings (index, certificates, offline directories) hold for uv too, unless uv has its own.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMPS = VENV / ".set-up"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
OLDEST, NEWEST = (3, 11), (3, 13)

SLOW_TO_COMPILE_AND_NEVER_RUN = (
    r"/(tests?|testing|_vendor|pip|playwright|hypothesis|mypy|mypyc|fontTools|huey|docs|examples"
    r"|networkx|matplotlib|sqlglot|skops|databricks)/"
)

UV_FROM_PIP = {
    "global.index-url": "UV_DEFAULT_INDEX",
    "global.extra-index-url": "UV_INDEX",
    "global.find-links": "UV_FIND_LINKS",
    "global.cert": "SSL_CERT_FILE",
    "global.timeout": "UV_HTTP_TIMEOUT",
    "global.default-timeout": "UV_HTTP_TIMEOUT",
    "global.no-index": "UV_NO_INDEX",
    "global.trusted-host": "UV_INSECURE_HOST",
}


class Trouble(Exception):
    """What happened, and what to do about it."""


def main() -> int:
    try:
        python()
        environment()
        step("installer", [ROOT / "scripts/installer.lock"], installer)
        step("requirements", [ROOT / "requirements.lock"], requirements)
        step("project", [ROOT / "pyproject.toml", *sorted(ROOT.glob("*/__init__.py"))], project)
        engines()
    except Trouble as trouble:
        print(f"set-up: {trouble}", file=sys.stderr)
        return 1
    return 0


def python() -> None:
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found = ".".join(map(str, sys.version_info[:3]))
        raise Trouble(
            f"Python {found} is not supported: use 3.11, 3.12 or 3.13,"
            " for instance `make setup PYTHON=python3.12`"
        )


def environment() -> None:
    """The virtual environment; made anew when its Python has gone or the checkout has moved."""
    here = f"{sys.version_info[:2]} {VENV}"
    stamp = STAMPS / "environment"
    if stamp.is_file() and stamp.read_text() == here and PYTHON.exists():
        return
    if VENV.exists() and not usable():
        shutil.rmtree(VENV)
    if not VENV.exists():
        say("making .venv")
        run(
            [sys.executable, "-m", "venv", str(VENV)],
            "cannot make .venv: install the venv module of your Python"
            " (Debian, Ubuntu: apt install python3-venv)",
        )
    STAMPS.mkdir(exist_ok=True)
    stamp.write_text(here)


def usable() -> bool:
    """Whether .venv runs, and belongs to this place."""
    try:
        said = subprocess.run(
            [str(PYTHON), "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True
        )
    except OSError:
        return False
    return said.returncode == 0 and Path(said.stdout.strip()) == VENV


def installer() -> None:
    say("fetching the installer (uv)")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(
        [*pip, "--require-hashes", "--requirement", "scripts/installer.lock"],
        network("pip could not fetch uv"),
    )


def requirements() -> None:
    say("installing what requirements.lock names (about 220 packages)")
    # On a terminal uv shows a progress bar; elsewhere it would print a line per package.
    quiet = [] if sys.stderr.isatty() else ["--quiet"]
    uv(*quiet, "--require-hashes", "--requirement", "requirements.lock")
    say("compiling it in the background")
    packages = next(VENV.glob("lib/python*/site-packages"), None)
    if packages is not None:
        command = [str(PYTHON), "-m", "compileall", "-q", "-j", "2"]
        command += ["-x", SLOW_TO_COMPILE_AND_NEVER_RUN, str(packages)]
        with (STAMPS / "compile.log").open("w") as log:
            compiling.append(subprocess.Popen(command, stdout=log, stderr=log))


def project() -> None:
    uv("--quiet", "--no-deps", "--no-build-isolation", "--editable", ".")


def engines() -> None:
    """Cheap when they are there: the command looks at its own stamps."""
    command = [str(BIN / "knockon"), "engines", "fetch"]
    done = subprocess.run(command, cwd=ROOT)
    for process in compiling:
        process.wait()
    if done.returncode:
        raise Trouble("the engines are not complete: see the line above")


compiling: "list[subprocess.Popen[bytes]]" = []


def uv(*arguments: str) -> None:
    run(
        [str(BIN / "uv"), "pip", "install", "--python", str(PYTHON), *arguments],
        network("uv could not install the packages"),
        {**os.environ, **settings_of_pip()},
    )


def settings_of_pip() -> "dict[str, str]":
    """pip's settings in uv's words; only those that uv was not told itself."""
    listed = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True
    ).stdout
    found = {}
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        scope, _, option = name.partition(".")
        key = f"global.{option}" if scope in (":env:", "global", "install") else ""
        target = UV_FROM_PIP.get(key)
        if target and target not in os.environ:
            text = value.strip("'\"").replace("\\n", " ").strip()
            if target == "UV_FIND_LINKS" and not any(Path(one).exists() for one in text.split()):
                continue  # pip passes over a directory that is not there, uv does not
            found[target] = ",".join(text.split()) if target == "UV_FIND_LINKS" else text
    return found


def network(what: str) -> str:
    return (
        f"{what}: check the network, the proxy and the index (`pip config list`),"
        " then run `make setup` again; what has arrived is kept"
    )


def step(name: str, inputs: "list[Path]", work: object) -> None:
    """Do the work unless its stamp says that it was done with these very inputs."""
    read = b"".join(str(path).encode() + path.read_bytes() for path in inputs)
    digest = hashlib.sha256(read).hexdigest()
    stamp = STAMPS / name
    if stamp.is_file() and stamp.read_text() == digest:
        return
    work()  # type: ignore[operator]
    stamp.write_text(digest)


def run(command: "list[str]", mend: str, environment: "dict[str, str] | None" = None) -> None:
    if subprocess.run(command, cwd=ROOT, env=environment).returncode:
        raise Trouble(mend)


def say(line: str) -> None:
    print(f"set-up: {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
