"""What is wrong with a schema."""


class IncompatibleChange(Exception):
    """A schema does not go with one that was published; names subject, field and number."""
