"""What holds for every family: whose events it takes, and under which key they go out."""

from typing import ClassVar, Generic, TypeVar

from domain.events import Event
from streaming.producers.errors import Misplaced
from streaming.topics import TOPICS, Topic

E = TypeVar("E", bound=Event)

CLOCK = "clock"
_BY_MODEL = {topic.model: topic for topic in TOPICS.values()}


def topic_of(event: Event) -> Topic:
    """The topic that carries this kind of event."""
    return _BY_MODEL[type(event)]


class Family(Generic[E]):
    """The events of one topic. `topic.key` names the fact whose events must stay in order."""

    topic: ClassVar[Topic]

    def _require_fit(self, event: E, partition: int | None = None) -> None:
        """Raises Misplaced; the models check keys too, where a copy has not gone past them."""
        if type(event) is not self.topic.model:
            raise Misplaced(f"{type(event).__name__} does not belong on {self.topic.name}")
        if event.kind == CLOCK:
            # Event time moves on each partition by itself.
            if partition is None:
                raise Misplaced("a clock event names its partition")
            return
        if partition is not None:
            raise Misplaced(f"the key chooses the partition of a {event.kind}")
        fact = getattr(event, self.topic.key)
        if fact is None or event.key != str(fact):
            raise Misplaced(f"{event.kind} on {self.topic.name}: its key is not {self.topic.key}")
