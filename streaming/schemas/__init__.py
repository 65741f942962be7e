"""The Avro schemas of the topics, generated from the event models and committed beside this."""

from streaming.schemas.files import FOLDER, committed, generated, path, write

__all__ = ["FOLDER", "committed", "generated", "path", "write"]
