"""Which components there are, and which of them a start needs."""

import re
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

FURTHER_LANDER = re.compile(r"lander-(\d+)")
"""Landers that share the partitions with the first one; setting `landers` says how many."""

ENGINES = ("postgres", "kafka", "registry")
EVERYTHING = tuple(FACTORIES)


def ports_of(names: Iterable[str]) -> list[str]:
    """The names of all the ports that these components listen on."""
    listening = (name for name in names if not FURTHER_LANDER.fullmatch(name))
    return [port for name in listening for port in PORTS.get(name, (name,))]


def chosen(names: Iterable[str], landers: int = 1) -> list[str]:
    """The named components in start order; `lander` stands for all landers."""
    wanted = {FURTHER_LANDER.sub("lander", name) for name in names}
    unknown = wanted - FACTORIES.keys()
    if unknown:
        raise StackError(
            f"there is no component {', '.join(sorted(unknown))}",
            f"choose from {', '.join(FACTORIES)}",
        )
    found = [name for name in FACTORIES if name in wanted]
    if "lander" in found:
        first = found.index("lander") + 1
        found[first:first] = [f"lander-{number}" for number in range(2, landers + 1)]
    return found


def components(site: Site, names: Iterable[str]) -> list[Component]:
    """The components in start order; dependencies that were not chosen are not waited for."""
    return [_factory(name)(site) for name in chosen(names, site.settings.landers)]


def _factory(name: str) -> Callable[[Site], Component]:
    further = FURTHER_LANDER.fullmatch(name)
    return workers.further_lander(int(further[1])) if further else FACTORIES[name]
