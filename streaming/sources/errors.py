"""What can be wrong with a source's data, said so that a person can mend it."""


class SourceError(Exception):
    """A source cannot be read; the message says which file and what to do."""


class MalformedLine(SourceError):
    """One line of a file does not say what its layout promises."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}, line {line}: {problem}")
        self.file, self.line, self.problem = file, line, problem
