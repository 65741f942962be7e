"""What keeps a schema from the fast way."""


class NotCompiled(Exception):
    """A type or demand that the kernel does not know: the topic goes the slow way."""
