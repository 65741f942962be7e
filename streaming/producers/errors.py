"""What only a mistake in a program leads to."""


class Misplaced(Exception):
    """An event of another family, or one that would lose its place in the order of its key."""
