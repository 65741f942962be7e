"""`python -m streaming.schemas` writes the schemas of all topics after a change of the models."""

from streaming.schemas import write

write()
