"""Turns errors that were written for people into one line; everything else keeps its traceback."""

import signal
import sys
from types import FrameType
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

OURS = ("orchestration", "streaming", "ml", "assets", "sensors", "domain")


class Explained(TyperGroup):
    """The command group whose commands end in one line and exit code 1 on an expected trouble."""

    def invoke(self, ctx: Any) -> Any:
        signal.signal(signal.SIGTERM, _end)
        try:
            return super().invoke(ctx)
        except Exception as error:
            said = str(error) if is_expected(error) else _known(error)
            if said is None:
                raise
            typer.secho(f"knockon: {said}", fg=typer.colors.RED, err=True)
            raise typer.Exit(1) from error


def is_expected(error: Exception) -> bool:
    """Whether an error comes from an `errors` module of ours, whose messages say what to do."""
    package, _, module = type(error).__module__.rpartition(".")
    return module == "errors" and package.partition(".")[0] in OURS


def _known(error: Exception) -> str | None:
    """What a driver's error means that a user can mend."""
    if "psycopg" not in sys.modules:
        return None
    from streaming.store.failures import UNMIGRATED, unmigrated

    return UNMIGRATED if unmigrated(error) else None


def _end(number: int, frame: FrameType | None) -> NoReturn:
    # As an exception, so that whatever was started is stopped on the way out.
    sys.exit(128 + number)
