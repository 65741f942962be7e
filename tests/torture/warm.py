"""Imported by the server that forks the doomed: everything is loaded, the compiled walk as well."""

import json

import numpy as np

from streaming.codec import Codec
from streaming.landing import Sort
from streaming.schemas import committed
from streaming.topics import TOPICS
from tests.torture import doomed

TOPIC = "flight.events"


class OneSchema:
    """A registry that has one schema."""

    def schema(self, schema_id):
        return json.dumps(committed(TOPICS[TOPIC]))


one = np.zeros(1, np.int64)
Sort(Codec(OneSchema()), None)._transcode(TOPIC, 1, [b"\0\0\0\0\1?"], one, one, one, 0)

__all__ = ["doomed"]
