"""The local stack: embedded engines and the platform's own processes under one supervisor.

One file per engine; `start` and `attach` are the doors. The engines know nothing of events.
"""

from orchestration.stack.running import Stack, attach, start

__all__ = ["Stack", "attach", "start"]
