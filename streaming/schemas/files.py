"""The schema of each topic as a file here: what its model gives, read by producers and landers."""

import json
from pathlib import Path
from typing import Any

import py_avro_schema

from streaming.topics import TOPICS, Topic

FOLDER = Path(__file__).parent


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


def write() -> None:
    """Generate all anew."""
    for topic in TOPICS.values():
        path(topic).write_text(generated(topic))
