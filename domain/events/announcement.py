"""What the events that we derive ourselves demand as a whole, as data."""

from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import model_validator

from domain.events.envelope import Event


class Announcement(Event):
    """`needs` are the facts that a kind must have; the key is the text of fact `keyed_by`.

    All facts are optional in the schema, so that a later kind need not carry those of another.
    """

    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    keyed_by: ClassVar[str | None] = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        missing = [name for name in self.needs.get(self.kind, ()) if getattr(self, name) is None]
        if missing:
            raise ValueError(f"{self.kind} needs {', '.join(missing)}")
        if self.keyed_by is not None and self.key != str(getattr(self, self.keyed_by)):
            raise ValueError(f"key is not {self.keyed_by}")
        return self
