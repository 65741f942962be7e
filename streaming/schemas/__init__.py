"""The Avro schemas of the topics, generated from the event models and committed beside this."""

from streaming.schemas.files import EXAMPLES, FOLDER, committed, examples, generated, path, write

__all__ = ["EXAMPLES", "FOLDER", "committed", "examples", "generated", "path", "write"]
