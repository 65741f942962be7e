"""The database roles of our processes: each may do what its process does, and nothing else."""

from collections.abc import Mapping

from psycopg import sql

from streaming.store.database import Connection

ROLES: dict[str, str] = {
    "knockon_lander": "lands records and dead letters",
    "knockon_detector": "reads landed rows, writes findings",
    "knockon_relay": "publishes what waits in the outbox",
    "knockon_assets": "derives disruptions, features, forecasts, assessments and bookings",
    "knockon_keyring": "wraps, opens and destroys data keys; the only one to see them",
    "knockon_dbt": "builds staging, intermediate and marts; sees no sealed column",
    "knockon_analyst": "reads the marts",
}
"""Role to what it is for; the owner (who migrates) and the services' roles are made elsewhere."""


def act_as(connection: Connection, role: str) -> None:
    """From here on the session may do what the role may, though its user owns everything."""
    connection.execute(sql.SQL("set role {}").format(sql.Identifier(role)))


def create_roles(connection: Connection, passwords: Mapping[str, str]) -> None:
    """Make the missing roles and give those named in `passwords` their password; repeatable.

    Raises psycopg.errors.InsufficientPrivilege when the user lacks CREATEROLE.
    """
    for role in ROLES:
        found = connection.execute("select 1 from pg_roles where rolname = %s", (role,)).fetchone()
        name = sql.Identifier(role)
        if found is None:
            connection.execute(sql.SQL("create role {} login nocreaterole").format(name))
        if role in passwords:
            # Hashed here, so that the password itself never reaches the server's log.
            scram = connection.pgconn.encrypt_password(
                passwords[role].encode(), role.encode(), b"scram-sha-256"
            ).decode()
            connection.execute(
                sql.SQL("alter role {} password {}").format(name, sql.Literal(scram))
            )
        # Whoever gives a schema to a role, or sets its default privileges, must be a member.
        connection.execute(sql.SQL("grant {} to current_user").format(name))
