"""A batch as CSV, for banks and back offices that take no ISO 20022."""

import csv
import io
from collections.abc import Mapping
from uuid import UUID

from domain.ledger.reports import plain
from domain.money import major
from domain.payments.batch import Batch
from domain.payments.details import BankDetails
from domain.payments.errors import PaymentRefused

COLUMNS = (
    "batch_id", "end_to_end_id", "due_on", "amount", "currency", "name", "iban", "other_account",
    "bic",
)  # fmt: skip


def table(batch: Batch, details: Mapping[UUID, BankDetails]) -> str:
    """The batch with opened bank details by instruction id; amounts as decimals."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for one in batch.instructions:
        to = details.get(one.instruction_id)
        if to is None:
            raise PaymentRefused(f"no bank details for instruction {one.instruction_id}")
        row = {
            "batch_id": batch.message_id,
            "end_to_end_id": one.end_to_end_id,
            "due_on": batch.due_on.isoformat(),
            "amount": str(major(one.pay_minor, one.pay_currency)),
            "currency": one.pay_currency,
            "name": to.name,
            "iban": to.iban or "",
            "other_account": to.other_account or "",
            "bic": to.bic or "",
        }
        writer.writerow({name: plain(value) for name, value in row.items()})
    return out.getvalue()
