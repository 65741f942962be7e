"""Which code is running: package version and commit, as derived rows store it."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


@cache
def code_version() -> str:
    """For instance `0.1.0+g15eb14c2f0a1`; without the commit where the code is not in a checkout.

    The commit is read from the files of git, so that no process has to be started.
    """
    try:
        release = version("knockon")
    except PackageNotFoundError:
        release = "0"
    commit = commit_of(Path(__file__).resolve().parents[1])
    return release if commit is None else f"{release}+g{commit[:12]}"


def commit_of(checkout: Path) -> str | None:
    """The commit that HEAD of a checkout names, or None where there is none."""
    git = checkout / ".git"
    if git.is_file():  # a linked work tree: `gitdir: <path>`
        git = checkout / git.read_text().removeprefix("gitdir:").strip()
    head = git / "HEAD"
    if not head.is_file():
        return None
    name = head.read_text().strip()
    if not name.startswith("ref:"):
        return name
    reference = name.removeprefix("ref:").strip()
    common = git
    if (git / "commondir").is_file():
        common = git / (git / "commondir").read_text().strip()
    for directory in (git, common):
        if (directory / reference).is_file():
            return (directory / reference).read_text().strip()
    packed = common / "packed-refs"
    if packed.is_file():
        for line in packed.read_text().splitlines():
            commit, _, packed_name = line.partition(" ")
            if packed_name == reference:
                return commit
    return None
