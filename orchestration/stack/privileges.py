"""Which user an engine runs as: PostgreSQL refuses root, so root steps down for it.

Root becomes `nobody`, without any group. Where that user could not walk to the files (a checkout
in /root, a 0700 temporary directory), it keeps the one capability of looking into directories.
"""

import os
import pwd
import shutil
from collections.abc import Iterable
from pathlib import Path

from orchestration.stack.errors import NotPermitted

CAPABILITIES = (("dac_read_search", 2), ("dac_override", 1))
"""In order of preference, with their bit in /proc/self/status (linux/capability.h)."""

MEND = "run as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own"


def is_root() -> bool:
    return os.geteuid() == 0


def unprivileged_user() -> pwd.struct_passwd:
    """The user that root steps down to."""
    try:
        return pwd.getpwnam("nobody")
    except KeyError as error:
        raise NotPermitted(
            "PostgreSQL refuses to run as root and there is no user `nobody`", MEND
        ) from error


def stepping_down(paths: Iterable[Path]) -> list[str]:
    """The command prefix under which PostgreSQL runs and reaches `paths`; empty unless root."""
    if not is_root():
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise NotPermitted(
            "PostgreSQL refuses to run as root and `setpriv` is missing",
            f"install util-linux; or {MEND}",
        )
    user = unprivileged_user()
    prefix = [setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    blocked = next((wall for path in paths for wall in _walls(path)), None)
    if blocked is None:
        return [*prefix, "--inh-caps=-all", "--bounding-set=-all"]
    for name, bit in CAPABILITIES:
        if _permitted() >> bit & 1:
            return [*prefix, *(f"--{kept}-caps=-all,+{name}" for kept in ("inh", "ambient"))]
    raise NotPermitted(
        f"PostgreSQL would run as {user.pw_name}, who cannot walk through {blocked}",
        f"chmod o+x {blocked}, or set KNOCKON_STATE_DIR to a place open to others; or {MEND}",
    )


def hand_over(path: Path) -> None:
    """Give a directory that we made to the user that the server runs as."""
    if is_root():
        user = unprivileged_user()
        os.chown(path, user.pw_uid, user.pw_gid)


def _walls(path: Path) -> list[Path]:
    """The directories on the way to `path` that others may not walk through."""
    return [one for one in path.resolve().parents if not one.stat().st_mode & 0o001]


def _permitted() -> int:
    """The capabilities that this process may pass on, as a bit mask."""
    masks = {"CapPrm": 0, "CapBnd": 0}
    for line in Path("/proc/self/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name in masks:
            masks[name] = int(value, 16)
    return masks["CapPrm"] & masks["CapBnd"]
