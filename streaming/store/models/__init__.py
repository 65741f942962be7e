"""Every table as SQLAlchemy models, one module per schema; migrations must equal them."""

from streaming.store.models.claims import ClaimEventRow
from streaming.store.models.columns import Base
from streaming.store.models.dead_letters import Disposition, Halt, Replay, ReplayWindow
from streaming.store.models.derived import (
    Assessment,
    Disruption,
    FeatureRow,
    Forecast,
    PassengerImpact,
    Reassessment,
)
from streaming.store.models.detected import (
    Correction,
    Finding,
    LateRecord,
    Restatement,
    Snapshot,
    Version,
)
from streaming.store.models.keyring import DataKey, KeyAccess
from streaming.store.models.landed import (
    DeadLetterRow,
    ExternalRow,
    FlightRow,
    FurtherFields,
    PassengerRow,
)
from streaming.store.models.ledger import (
    Account,
    LedgerTransaction,
    Posting,
    SealLeaf,
    SealRow,
)
from streaming.store.models.logs import Days, End, Log, Mark
from streaming.store.models.outbox import OutboxEntry
from streaming.store.models.payments import (
    BankFile,
    BatchRow,
    InstructionRow,
    MovementRow,
    StatusRow,
    UnmatchedRow,
)
from streaming.store.models.periods import ClosingRow, PeriodRow

__all__ = [
    "Account",
    "Assessment",
    "BankFile",
    "Base",
    "BatchRow",
    "ClaimEventRow",
    "ClosingRow",
    "Correction",
    "DataKey",
    "Days",
    "DeadLetterRow",
    "Disposition",
    "Disruption",
    "End",
    "ExternalRow",
    "FeatureRow",
    "Finding",
    "FlightRow",
    "Forecast",
    "FurtherFields",
    "Halt",
    "InstructionRow",
    "KeyAccess",
    "LateRecord",
    "LedgerTransaction",
    "Log",
    "Mark",
    "MovementRow",
    "OutboxEntry",
    "PassengerImpact",
    "PassengerRow",
    "PeriodRow",
    "Posting",
    "Reassessment",
    "Replay",
    "ReplayWindow",
    "Restatement",
    "SealLeaf",
    "SealRow",
    "Snapshot",
    "StatusRow",
    "UnmatchedRow",
    "Version",
]
