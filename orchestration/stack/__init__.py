"""The local stack: embedded engines and the platform's own processes under one supervisor.

One file per engine; `start` and `attach` are the doors. The engines know nothing of events.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orchestration.stack.running import Stack, attach, start

__all__ = ["Stack", "attach", "start"]


def __getattr__(name: str) -> Any:
    # Late, because the command line imports this package for its small parts as well.
    if name not in __all__:
        raise AttributeError(name)
    from orchestration.stack import running

    return getattr(running, name)
