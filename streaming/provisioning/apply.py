"""Does what a plan says, except what is refused; a second time there is nothing left to do."""

from dataclasses import dataclass

from streaming.broker import TopicAdmin
from streaming.provisioning.drift import Drift
from streaming.provisioning.plan import Plan


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done, and what was refused."""

    done: tuple[Drift, ...]
    refused: tuple[Drift, ...]


def apply(admin: TopicAdmin, plan: Plan) -> Applied:
    """Create what is missing and set what may be set; nothing is ever deleted.

    A topic of which one setting is refused still gets the others: none of them depends on it.
    Raises BrokerError when the cluster is away or does not permit; what was done until then stays.
    """
    done: list[Drift] = []
    for topic in plan.topics:
        mendable = [drift for drift in plan.of(topic.name) if drift.refused is None]
        settings = {drift.setting: drift.declared for drift in mendable if drift.found is not None}
        if any(drift.found is None for drift in mendable):
            admin.create(topic)
        elif settings:
            admin.set(topic.name, settings)
        done += mendable
    return Applied(tuple(done), tuple(drift for drift in plan.drifts if drift.refused is not None))
