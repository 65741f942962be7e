"""Which components there are, and which of them a start needs."""

from collections.abc import Iterable

from orchestration.stack import kafka, postgres, registry
from orchestration.stack.component import Component
from orchestration.stack.errors import StackError
from orchestration.stack.site import Site

PORTS = {
    "postgres": ("postgres",),
    "kafka": ("kafka", "kafka-controller"),
    "registry": ("registry", "registry-management"),
}
"""The ports that each component listens on, by the name under which they are remembered."""

FACTORIES = {
    "postgres": postgres.component,
    "kafka": kafka.component,
    "registry": registry.component,
}
"""In start order: what comes later may depend on what comes before."""

ENGINES = ("postgres", "kafka", "registry")
EVERYTHING = tuple(FACTORIES)


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
