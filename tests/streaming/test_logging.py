"""Every line is one JSON object, whoever writes it; ids that are bound stand on each."""

import json
import subprocess
import sys

from streaming.logging import MOST_IDS, ids

PROGRAM = """
import logging, structlog
from streaming.logging import configure
configure("lander", "info")
with structlog.contextvars.bound_contextvars(correlation_id="c-1"):
    structlog.get_logger().info("landing.started", partitions=3)
    logging.getLogger("some.library").warning("slow %s", "broker", extra={"run_id": "r-1"})
structlog.get_logger().debug("too fine")
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger().exception("broken")
"""


def test_our_lines_and_those_of_libraries_are_json_with_ids() -> None:
    said = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    ours, library, broken = (json.loads(line) for line in said.stdout.splitlines())
    assert {**ours, "timestamp": ""} == {
        "event": "landing.started", "partitions": 3, "component": "lander",
        "correlation_id": "c-1", "level": "info", "timestamp": "",
    }  # fmt: skip
    assert (library["event"], library["logger"]) == ("slow broker", "some.library")
    assert (library["correlation_id"], library["component"]) == ("c-1", "lander")
    assert library["run_id"] == "r-1"
    assert "ZeroDivisionError" in broken["exception"]
    assert "correlation_id" not in broken
    assert said.stderr == ""


def test_many_ids_are_counted() -> None:
    assert ids(["b", "a", "b"]) == ["b", "a"]
    assert ids(range(MOST_IDS + 5))[-1] == "and 5 more"
