"""What a Dagster run prints: the platform's JSON lines, with the run's and its cause's ids."""

import logging
from typing import Any

import dagster as dg

from streaming.logging import handler

TAGS = {
    "knockon/correlation_id": "correlation_id",
    "knockon/correlation_ids": "correlation_ids",
    "knockon/disruption_id": "disruption_id",
    "knockon/disruption_ids": "disruption_ids",
}
"""Run tags that stand on every line of the run, and under which name."""


def _json_lines(context: dg.InitLoggerContext) -> logging.Logger:
    """The run's logger; Dagster's own event log keeps what is logged as well."""
    made = logging.Logger("dagster", logging.INFO)
    lines = handler()
    lines.addFilter(_with_ids)
    made.addHandler(lines)
    return made


def _with_ids(record: logging.LogRecord) -> bool:
    """Hang Dagster's ids on the record, from where they become fields of the line."""
    meta = getattr(record, "dagster_meta", {})
    tags = meta.get("job_tags") or {}
    told = {
        "run_id": meta.get("run_id"),
        "job": meta.get("job_name"),
        "step": meta.get("step_key"),
        **{name: tags.get(tag) for tag, name in TAGS.items()},
    }
    record.__dict__ |= {name: value for name, value in told.items() if value is not None}
    record.msg, record.args = meta.get("orig_message", record.getMessage()), None
    return True


LOGGERS = {
    "console": dg.LoggerDefinition(
        _json_lines, description="One JSON object a line, with run, job, step and correlation ids."
    )
}
"""For the definitions of every code location."""

PRINTED: dict[str, Any] = {"loggers": {"console": {}}}
"""The part of a run's configuration that chooses them: without it Dagster prints plain text."""
