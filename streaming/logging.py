"""Structured logs: one JSON object a line on standard output, with component and correlation ids.

Events never carry personal data: only pseudonyms and record identities may be logged or bound.
"""

import logging
import sys
from collections.abc import Iterable

import structlog

MOST_IDS = 20
"""More ids than a person reads are counted instead; the record identities name them all."""

_SHARED: tuple[structlog.types.Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
)


FIELDS = (
    "run_id", "job", "step",
    "correlation_id", "correlation_ids", "disruption_id", "disruption_ids",
)  # fmt: skip
"""What may hang on a record of Python's own logging and becomes a field of its line."""


def configure(component: str, level: str = "info") -> None:
    """Set up the process's logging once, at its entry point; libraries' lines are JSON too."""
    structlog.configure(
        processors=[*_SHARED, structlog.processors.JSONRenderer(default=str)],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        # Not cached, and on whatever standard output is then: tests and Dagster exchange it.
        logger_factory=structlog.PrintLoggerFactory(),
    )
    logging.basicConfig(level=level.upper(), handlers=[handler()], force=True)
    structlog.contextvars.bind_contextvars(component=component)


def handler() -> logging.Handler:
    """A handler of Python's own logging that writes the same lines."""
    made = logging.StreamHandler(sys.stdout)
    made.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                *_SHARED,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(allow=FIELDS),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(default=str),
            ],
        )
    )
    return made


def ids(values: Iterable[object]) -> list[str]:
    """Distinct ids for one line, in order; beyond MOST_IDS their number alone."""
    found = list(dict.fromkeys(str(value) for value in values))
    more = [f"and {len(found) - MOST_IDS} more"] if len(found) > MOST_IDS else []
    return found[:MOST_IDS] + more
