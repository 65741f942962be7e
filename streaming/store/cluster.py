"""The PostgreSQL server itself: does it answer, may we use it, and the services' own schemas."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import errors, sql

CONNECT_SECONDS = 5
OLDEST_VERSION = 150000
"""PostgreSQL 15: MERGE and security-invoker views."""

SERVICES = {
    "knockon_dagster": "dagster",
    "knockon_mlflow": "mlflow",
    "knockon_registry": "registry",
}
"""Role to schema of the services that keep their own tables beside ours."""


DROP_SECONDS = 30


@dataclass(frozen=True)
class Unusable:
    """Why a database cannot be used, in words without any password."""

    reason: str


def trouble(database_url: str) -> str | None:
    """None when the database answers `select 1`, else why not."""
    try:
        with _connect(database_url) as connection:
            connection.execute("select 1")
    except psycopg.Error as error:
        return _first_line(error)
    return None


def server_version(database_url: str) -> str:
    """For example `18.4`."""
    with _connect(database_url) as connection:
        return connection.info.parameter_status("server_version") or "unknown"


def usable_by_owner(database_url: str) -> Unusable | None:
    """Whether this user may own the platform's schemas and roles; None means yes."""
    try:
        with _connect(database_url) as connection:
            if connection.info.server_version < OLDEST_VERSION:
                return Unusable("the server is older than PostgreSQL 15")
            row = connection.execute(
                "select rolsuper or rolcreaterole,"
                " has_database_privilege(current_database(), 'create')"
                " from pg_roles where rolname = current_user"
            ).fetchone()
    except psycopg.Error as error:
        return Unusable(_first_line(error))
    if row is None or not row[0]:
        return Unusable("its user lacks CREATEROLE")
    if not row[1]:
        return Unusable("its user may not create schemas in that database")
    return None


def create_owner_and_database(superuser_url: str, owner: str, password: str, database: str) -> None:
    """Make the owner role and its database where they are missing; safe to repeat."""
    with _connect(superuser_url) as connection:
        _ensure_role(connection, owner, password, createrole=True)
        found = connection.execute(
            "select 1 from pg_database where datname = %s", (database,)
        ).fetchone()
        if found is None:
            connection.execute(
                sql.SQL("create database {} owner {}").format(
                    sql.Identifier(database), sql.Identifier(owner)
                )
            )


def create_services(owner_url: str, passwords: Mapping[str, str]) -> None:
    """Give each service its role, its schema and a search path that leads there; repeatable.

    `passwords` is keyed by the roles of SERVICES.
    """
    with _connect(owner_url) as connection:
        for role, schema in SERVICES.items():
            _ensure_role(connection, role, passwords[role], createrole=False)
            names = {
                "role": sql.Identifier(role),
                "schema": sql.Identifier(schema),
                "database": sql.Identifier(connection.info.dbname),
            }
            # Only a member may give a schema away; a superuser needs no membership.
            connection.execute(sql.SQL("grant {role} to current_user").format(**names))
            for statement in (
                "create schema if not exists {schema} authorization {role}",
                "grant connect on database {database} to {role}",
                "alter role {role} in database {database} set search_path = {schema}",
            ):
                connection.execute(sql.SQL(statement).format(**names))


def create_database(owner_url: str, database: str, template: str | None = None) -> None:
    """Make another database on the same server, as a copy of `template` when one is named.

    The owner must have CREATEDB; nobody may be connected to the template.
    """
    with _connect(owner_url) as connection:
        connection.execute(
            sql.SQL("create database {} template {}").format(
                sql.Identifier(database), sql.Identifier(template or "template0")
            )
        )


def drop_database(owner_url: str, database: str) -> None:
    """Remove a database and whoever is connected to it."""
    statement = sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database))
    deadline = time.monotonic() + DROP_SECONDS
    with _connect(owner_url) as connection:
        while True:
            try:
                connection.execute(statement)
                return
            except errors.InsufficientPrivilege:
                # An autovacuum worker is in there, which only a superuser may end.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)


def _ensure_role(
    connection: psycopg.Connection[Any], role: str, password: str, *, createrole: bool
) -> None:
    # Hashed on our side, so that the password itself can never reach the server's log.
    scram = connection.pgconn.encrypt_password(
        password.encode(), role.encode(), b"scram-sha-256"
    ).decode()
    exists = connection.execute("select 1 from pg_roles where rolname = %s", (role,)).fetchone()
    rights = "createrole createdb" if createrole else "nocreaterole nocreatedb"
    connection.execute(
        sql.SQL("{verb} role {role} login {rights} password {password}").format(
            verb=sql.SQL("alter" if exists else "create"),
            role=sql.Identifier(role),
            rights=sql.SQL(rights),
            password=sql.Literal(scram),
        )
    )


def _connect(database_url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(
        database_url,
        autocommit=True,
        connect_timeout=CONNECT_SECONDS,
        application_name="knockon-stack",
    )


def _first_line(error: psycopg.Error) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
