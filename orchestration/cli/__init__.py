"""The command line `knockon`: one file per command group, each thin; the work is done elsewhere."""

import sys

INTERRUPTED = 130


def main() -> None:
    """The console script; every expected trouble ends as one line with its mend and exit code 1."""
    from orchestration.cli.app import app

    try:
        app(prog_name="knockon", standalone_mode=True)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
