"""Every schema that was ever published, kept as `published/<subject>/<n>.avsc`; none is changed.

A schema is published with a release: from then on records with it may lie on somebody's topics, and
processes that know no other may run. So what we have now must read what each of them wrote, and be
read by each (FULL_TRANSITIVE), which the registry would refuse too late: when it runs.
"""

import json
from pathlib import Path
from typing import Any

from streaming.schemas.compatibility import both_ways
from streaming.schemas.errors import IncompatibleChange
from streaming.schemas.files import FOLDER, committed
from streaming.topics import TOPICS, Topic

PUBLISHED = FOLDER / "published"


def history(topic: Topic, folder: Path = PUBLISHED) -> dict[int, dict[str, Any]]:
    """The topic's published schemas by number, oldest first."""
    files = sorted((folder / topic.subject).glob("*.avsc"), key=lambda file: int(file.stem))
    return {int(file.stem): json.loads(file.read_text()) for file in files}


def incompatible(topic: Topic, schema: dict[str, Any], folder: Path = PUBLISHED) -> list[str]:
    """What in the schema does not go with any published one: which one, which field, why."""
    return [
        f"{topic.subject}: {problem} (against published {number})"
        for number, earlier in history(topic, folder).items()
        for problem in both_ways(schema, earlier)
    ]


def publish(folder: Path = PUBLISHED) -> list[Path]:
    """Add each committed schema that is not the last published one; returns the new files.

    Raises IncompatibleChange before anything is written when one does not go with its past.
    """
    topics = TOPICS.values()
    if told := [problem for one in topics for problem in incompatible(one, committed(one), folder)]:
        raise IncompatibleChange("; ".join(told))
    added = []
    for topic in topics:
        known = history(topic, folder)
        last = max(known, default=0)
        if known.get(last) != committed(topic):
            file = folder / topic.subject / f"{last + 1}.avsc"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(committed(topic), indent=2) + "\n")
            added.append(file)
    return added
