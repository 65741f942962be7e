"""What can be wrong with the world of a fold."""


class DetectionError(Exception):
    """Anything that stops a fold."""


class UnknownLane(DetectionError):
    """A record of a partition that the fold was not built for."""

    def __init__(self, topic: str, partition: int, lanes: int) -> None:
        super().__init__(
            f"{topic} has a partition {partition}, but the fold was built for {lanes} lanes: "
            "declare the topic's partitions in streaming/topics and refold from the start"
        )


class DetectorFailed(DetectionError):
    """A detector's own code failed on a record; the same record will fail again."""

    def __init__(self, detector: str, record: str, reason: str) -> None:
        super().__init__(
            f"{detector} cannot fold record {record} ({reason}): mend the detector and restart;"
            " landing goes on, and no record is passed over"
        )
        self.detector = detector
        self.record = record


class SnapshotRefused(DetectionError):
    """A snapshot that cannot be read as a state of this fold."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"snapshot refused: {reason}; delete it to refold from the start")
