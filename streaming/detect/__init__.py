"""Live detection: landed rows through a fold; findings, state and mark in one transaction.

A broken detector stops here, and never holds up landing. The folds themselves are in
`domain.detection`; nothing here knows what a rotation is. `streaming.detect.refold` is the batch.
"""

from streaming.detect.detection import Detected, Detection, reader_of

__all__ = ["Detected", "Detection", "reader_of"]
