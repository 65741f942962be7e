"""What can go wrong with the stack: one line that says what happened, one that says the mend."""


class StackError(Exception):
    """The stack cannot do what was asked; `mend` tells a person what to do about it."""

    def __init__(self, problem: str, mend: str) -> None:
        super().__init__(f"{problem}: {mend}")
        self.problem = problem
        self.mend = mend


class DownloadFailed(StackError):
    """An engine could not be fetched whole: refused, cut off, or not what the lock names."""


class EnginesMissing(StackError):
    """An engine is needed that has not been fetched yet."""


class PortTaken(StackError):
    """A port that was pinned belongs to another process."""


class DatabaseUnusable(StackError):
    """The given database does not answer, or does not let us in."""


class BrokerUnusable(StackError):
    """The given Kafka does not answer."""


class RegistryUnusable(StackError):
    """The given schema registry does not answer."""


class NotEnoughSpace(StackError):
    """The disk is too full for the stack to start safely."""


class OtherVersion(StackError):
    """The state directory was made by a newer version than this one."""


class AlreadyUp(StackError):
    """The stack of this state directory runs already, or is being started."""


class NotUp(StackError):
    """The stack of this state directory does not run."""


class Unhealthy(StackError):
    """A component did not become healthy in its time."""


class NotPermitted(StackError):
    """The operating system refuses something that the stack needs."""


class ArchiveRefused(StackError):
    """A backup is not whole, not as it was written, or no backup at all."""


class NotBackedUp(StackError):
    """A backup cannot be written as asked."""


class NotEmpty(StackError):
    """A restore would have to take the place of what is there."""


class RestoreCutOff(StackError):
    """A restore was killed while it put its files into place."""
