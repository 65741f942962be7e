"""What can be wrong with the rules themselves; impossible facts are refused by `RightsFacts`."""


class RulesBroken(Exception):
    """The law's data contradicts itself or lacks what the code asks for; a programming error."""
