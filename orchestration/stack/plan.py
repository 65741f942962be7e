"""Which components there are, and which of them a start needs."""

from collections.abc import Callable, Iterable

from orchestration.stack import dagster, kafka, mlflow, postgres, registry, workers
from orchestration.stack.component import Component
from orchestration.stack.errors import StackError
from orchestration.stack.site import Site

PORTS = {
    "kafka": ("kafka", "kafka-controller"),
    "registry": ("registry", "registry-management"),
    "dagster-daemon": (),
    **{worker.name: () for worker in workers.WORKERS},
}
"""The ports of a component by the name they are remembered under; else one of its own name."""

FACTORIES: dict[str, Callable[[Site], Component]] = {
    "postgres": postgres.component,
    "kafka": kafka.component,
    "registry": registry.component,
    "mlflow": mlflow.component,
    "dagster-realtime": dagster.location("realtime", workers.realtime_environment),
    "dagster-batch": dagster.location("batch", workers.batch_environment),
    "dagster-webserver": dagster.webserver,
    "dagster-daemon": dagster.daemon,
    **{worker.name: workers.component_of(worker) for worker in workers.WORKERS},
}
"""In start order: what comes later may depend on what comes before."""

ENGINES = ("postgres", "kafka", "registry")
EVERYTHING = tuple(FACTORIES)


def ports_of(names: Iterable[str]) -> list[str]:
    """The names of all the ports that these components listen on."""
    return [port for name in names for port in PORTS.get(name, (name,))]


def chosen(names: Iterable[str]) -> list[str]:
    """The named components in start order."""
    wanted = set(names)
    unknown = wanted - FACTORIES.keys()
    if unknown:
        raise StackError(
            f"there is no component {', '.join(sorted(unknown))}",
            f"choose from {', '.join(FACTORIES)}",
        )
    return [name for name in FACTORIES if name in wanted]


def components(site: Site, names: Iterable[str]) -> list[Component]:
    """The components in start order; dependencies that were not chosen are not waited for."""
    return [FACTORIES[name](site) for name in chosen(names)]
