"""`python -m streaming.schemas` writes the schemas of all topics after a change of the models.

`check` exits 1 when one is stale or does not go with what was published, and says which field.
`publish` belongs to a release: it adds what is new to `published/`.
"""

import sys

from streaming.schemas import committed, generated, path, write
from streaming.schemas.errors import IncompatibleChange
from streaming.schemas.publishing import incompatible, publish
from streaming.topics import TOPICS


def main(word: str) -> int:
    """Returns the exit code."""
    if word == "publish":
        try:
            told = [str(file) for file in publish()]
        except IncompatibleChange as error:
            sys.exit(str(error))
        sys.stdout.writelines(f"{line}\n" for line in told)
        return 0
    if word == "check":
        wrong = [
            problem for one in TOPICS.values() for problem in incompatible(one, committed(one))
        ]
        wrong += [
            f"{path(one).name} is stale: run `python -m streaming.schemas`"
            for one in TOPICS.values()
            if path(one).read_text() != generated(one)
        ]
        sys.stdout.writelines(f"{line}\n" for line in wrong)
        return 1 if wrong else 0
    write()
    return 0


sys.exit(main("".join(sys.argv[1:2])))
