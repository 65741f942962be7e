"""How our processes write their logs: one JSON object a line, UTC, with whatever ids are bound."""

import logging
import sys

import structlog


def configure(component: str, level: str = "info") -> None:
    """Set up structlog for this process; `structlog.contextvars.bind_contextvars` adds ids.

    Events never carry personal data: only pseudonyms and record identities may be bound.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(component=component)
