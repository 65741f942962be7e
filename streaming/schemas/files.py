"""The schema of each topic as a file here: what its model gives, read by producers and landers.

`examples/<topic>/<situation>.json` holds one event each: tests run on them, docs/contracts.md shows
them.
"""

import json
from pathlib import Path
from typing import Any

import py_avro_schema
from pydantic import ValidationError

from domain.events import Event
from streaming.topics import TOPICS, Topic

FOLDER = Path(__file__).parent
EXAMPLES = FOLDER / "examples"


def generated(topic: Topic) -> str:
    """The schema that the topic's model gives, as indented JSON with a final newline."""
    schema = json.loads(py_avro_schema.generate(topic.model, namespace="knockon"))
    return json.dumps(schema, indent=2) + "\n"


def committed(topic: Topic) -> dict[str, Any]:
    """The schema that producers and landers use."""
    schema: dict[str, Any] = json.loads(path(topic).read_text())
    return schema


def path(topic: Topic) -> Path:
    """Where the topic's schema is committed."""
    return FOLDER / f"{topic.name}.avsc"


def examples(topic: Topic) -> dict[str, Event]:
    """By situation an event of the topic, in the order of event time. Raises ValidationError."""
    found = {
        file.stem.replace("-", " "): _event(topic, file)
        for file in (EXAMPLES / topic.name).glob("*.json")
    }
    return dict(sorted(found.items(), key=lambda one: (one[1].occurred_at, one[0])))


def _event(topic: Topic, file: Path) -> Event:
    try:
        return topic.model.model_validate_json(file.read_text())
    except ValidationError as error:
        error.add_note(f"in {file.relative_to(FOLDER)}")
        raise


def write() -> None:
    """Generate all anew."""
    for topic in TOPICS.values():
        path(topic).write_text(generated(topic))
