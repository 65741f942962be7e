"""A batch as ISO 20022 customer credit transfer initiation, pain.001.001.09.

Built by hand: of the libraries there are, sepaxml (2.7) takes its time and ids from a clock and
a random source, so that the same batch would be another message every time, and pain001 (0.0.74)
turns files into files through a web framework. Elements stand in the order of the schema.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID
from xml.etree import ElementTree as ET

from domain.money import major
from domain.payments.batch import Batch
from domain.payments.details import BankDetails, Debtor, latin
from domain.payments.errors import PaymentRefused
from domain.payments.instruction import Instruction

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_LONGEST_NAME = 70  # EPC; the schema would take 140


def pain001(
    batch: Batch, debtor: Debtor, details: Mapping[UUID, BankDetails], created_at: datetime
) -> str:
    """The file; `details` are the opened bank details by instruction id, `created_at` has its zone.

    Euro transfers to an IBAN go as SEPA credit transfers; any other as the bank sees fit, with
    charges shared. Raises PaymentRefused where details are missing.
    """
    missing = [
        str(one.instruction_id) for one in batch.instructions if one.instruction_id not in details
    ]
    if missing:
        raise PaymentRefused(f"no bank details for instruction {', '.join(missing)}")
    if created_at.utcoffset() is None:
        raise PaymentRefused("a time needs its zone: give UTC")
    sepa = batch.currency == "EUR" and all(
        details[one.instruction_id].iban for one in batch.instructions
    )
    count, total = str(len(batch.instructions)), str(major(batch.total_minor, batch.currency))
    document = ET.Element("Document", xmlns=NAMESPACE)
    message = ET.SubElement(document, "CstmrCdtTrfInitn")

    header = ET.SubElement(message, "GrpHdr")
    _text(header, "MsgId", batch.message_id)
    _text(header, "CreDtTm", f"{created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    _text(header, "NbOfTxs", count)
    _text(header, "CtrlSum", total)
    _text(header, "InitgPty/Nm", latin(debtor.account.name, _LONGEST_NAME))

    payment = ET.SubElement(message, "PmtInf")
    _text(payment, "PmtInfId", batch.message_id)
    _text(payment, "PmtMtd", "TRF")
    _text(payment, "BtchBookg", "false")  # each on its own line of the statement, to be matched
    _text(payment, "NbOfTxs", count)
    _text(payment, "CtrlSum", total)
    if sepa:
        _text(payment, "PmtTpInf/SvcLvl/Cd", "SEPA")
    _text(payment, "ReqdExctnDt/Dt", batch.due_on.isoformat())
    _text(payment, "Dbtr/Nm", latin(debtor.account.name, _LONGEST_NAME))
    account = ET.SubElement(payment, "DbtrAcct")
    _account(account, debtor.account)
    _text(account, "Ccy", debtor.currency)
    _bank(payment, "DbtrAgt", debtor.account.bic)
    _text(payment, "ChrgBr", "SLEV" if sepa else "SHAR")
    for one in batch.instructions:
        _transfer(payment, one, details[one.instruction_id])
    ET.indent(document)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(document, "unicode") + "\n"


def _transfer(payment: ET.Element, one: Instruction, to: BankDetails) -> None:
    transfer = ET.SubElement(payment, "CdtTrfTxInf")
    _text(transfer, "PmtId/InstrId", one.end_to_end_id)
    _text(transfer, "PmtId/EndToEndId", one.end_to_end_id)
    amount = _text(transfer, "Amt/InstdAmt", str(major(one.pay_minor, one.pay_currency)))
    amount.set("Ccy", one.pay_currency)
    if to.bic is not None:
        _bank(transfer, "CdtrAgt", to.bic)
    _text(transfer, "Cdtr/Nm", latin(to.name, _LONGEST_NAME))
    _account(ET.SubElement(transfer, "CdtrAcct"), to)
    # No flight, no booking: a statement is read by more people than the passenger.
    _text(transfer, "RmtInf/Ustrd", f"Claim {one.end_to_end_id}")


def _account(parent: ET.Element, details: BankDetails) -> None:
    if details.iban is not None:
        _text(parent, "Id/IBAN", details.iban)
    else:
        _text(parent, "Id/Othr/Id", latin(details.other_account or "", 34))


def _bank(parent: ET.Element, name: str, bic: str | None) -> None:
    if bic is not None:
        _text(parent, f"{name}/FinInstnId/BICFI", bic)
    else:
        _text(parent, f"{name}/FinInstnId/Othr/Id", "NOTPROVIDED")


def _text(parent: ET.Element, path: str, text: str) -> ET.Element:
    """Set the text at a path; elements on the way are shared with their left neighbour."""
    *way, last = path.split("/")
    for name in way:
        latest = parent[-1] if len(parent) else None
        parent = (
            latest if latest is not None and latest.tag == name else ET.SubElement(parent, name)
        )
    element = ET.SubElement(parent, last)
    element.text = text
    return element
