"""What payments refuse."""


class PaymentRefused(Exception):
    """A payment that may not be made, or a file that may not be written."""


class UntrustedFile(Exception):
    """A file of a bank that is not what it says, or not one at all: nothing of it is read."""
