"""From a scheduled claim to the bank and back: instructions, batches, files, and what banks answer.

Pure: files are text in and text out. Bank details rest sealed in an instruction, and are opened by
the keyring for the moment in which a file is written; what is booked of it all is `domain.ledger`.
"""

from domain.payments.answers import Answer, Movement
from domain.payments.batch import Batch, batch
from domain.payments.camt054 import read_movements
from domain.payments.details import BankDetails, Debtor
from domain.payments.errors import PaymentRefused, UntrustedFile
from domain.payments.exchange import Rate, converted
from domain.payments.instruction import Instruction, Status, instruct, next_attempt
from domain.payments.matching import Outcome, Reconciliation, Sent, Unmatched, answered, reconciled
from domain.payments.pain001 import pain001
from domain.payments.pain002 import read_answers
from domain.payments.table import table

__all__ = [
    "Answer",
    "BankDetails",
    "Batch",
    "Debtor",
    "Instruction",
    "Movement",
    "Outcome",
    "PaymentRefused",
    "Rate",
    "Reconciliation",
    "Sent",
    "Status",
    "Unmatched",
    "UntrustedFile",
    "answered",
    "batch",
    "converted",
    "instruct",
    "next_attempt",
    "pain001",
    "read_answers",
    "read_movements",
    "reconciled",
    "table",
]
