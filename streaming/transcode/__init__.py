"""From Avro on the wire to PostgreSQL's binary COPY in one compiled walk, for right records.

What is not accepted here goes the slow way, through the model itself: it alone refuses a record.
Nothing here knows Kafka or PostgreSQL.
"""

from streaming.transcode.transcoder import Target, Transcoded, Transcoder

__all__ = ["Target", "Transcoded", "Transcoder"]
