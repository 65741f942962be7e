"""A bank's notification of debits and credits, camt.054: what moved on our account."""

import re
from datetime import date
from decimal import Decimal

from domain.identity import name_uuid
from domain.money import minor
from domain.payments.answers import Movement
from domain.payments.errors import UntrustedFile
from domain.payments.xml import Node, message

_AMOUNT = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,5})?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def read_movements(content: bytes) -> list[Movement]:
    """Every booked movement, in the order of the file. Raises UntrustedFile.

    Announced (PDNG) and merely informative entries have not moved anything and are left out.
    """
    notified = message(content, "camt.054", "BkToCstmrDbtCdtNtfctn")
    movements: list[Movement] = []
    for account in notified.all("Ntfctn"):
        number = account.text("Acct/Id/IBAN", "Acct/Id/Othr/Id") or ""
        for place, entry in enumerate(account.all("Ntry")):
            if entry.text("Sts/Cd", "Sts/Prtry", "Sts") != "BOOK":
                continue
            # Without the bank's own reference only the place in the file tells two entries apart.
            reference = entry.text("AcctSvcrRef", "NtryRef") or f"{account.need('Id')}/{place}"
            movements += _movements(entry, f"{number}/{reference}")
    return movements


def _movements(entry: Node, reference: str) -> list[Movement]:
    details = entry.all("NtryDtls/TxDtls")
    if not details:
        batch = entry.text("NtryDtls/Btch/PmtInfId", "NtryDtls/Btch/MsgId")
        return [_movement(entry, None, f"{reference}/0", batch)]
    if len(details) > 1:
        for one in details:
            if _amount(one) is None:
                raise UntrustedFile(f"entry {reference}: its transactions have no amounts")
    return [_movement(entry, one, f"{reference}/{at}", None) for at, one in enumerate(details)]


def _movement(entry: Node, detail: Node | None, reference: str, batch: str | None) -> Movement:
    amount = (_amount(detail) if detail else None) or _amount(entry)
    if amount is None:
        raise UntrustedFile(f"entry {reference} has no amount")
    direction = (detail.text("CdtDbtInd") if detail else None) or entry.need("CdtDbtInd")
    if direction not in ("CRDT", "DBIT"):
        raise UntrustedFile(f"entry {reference} is neither credit nor debit but {direction}")
    end_to_end = detail.text("Refs/EndToEndId") if detail else None
    if end_to_end == "NOTPROVIDED":
        end_to_end = None
    if detail and batch is None and end_to_end is None:
        batch = detail.text("Refs/PmtInfId", "Refs/MsgId")
    told, currency = amount
    day = _day(entry)
    return Movement(
        name_uuid("bank-movement", reference, direction, end_to_end, told, currency, day),
        end_to_end,
        batch,
        direction == "DBIT",
        told,
        currency,
        day,
        _return_reason(entry, detail),
    )


def _amount(node: Node) -> tuple[int, str] | None:
    """The amount in the currency of the account: `Amt`, or in older versions that of AmtDtls."""
    found = node.first("Amt") or node.first("AmtDtls/TxAmt/Amt")
    if found is None:
        return None
    currency = found.attribute("Ccy") or ""
    # The schema's own form: no sign, no exponent, which could be a number of a million digits.
    if not _AMOUNT.fullmatch(found.own) or not _CURRENCY.fullmatch(currency):
        raise UntrustedFile(f"{found.own[:40]!r} {currency[:9]!r} is no amount of a currency")
    try:
        return minor(Decimal(found.own), currency), currency
    except ValueError as broken:
        raise UntrustedFile(str(broken)) from broken


def _day(entry: Node) -> date:
    told = entry.text("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm") or ""
    try:
        return date.fromisoformat(told[:10])
    except ValueError as broken:
        raise UntrustedFile(f"{told[:40]!r} is no day of booking") from broken


def _return_reason(entry: Node, detail: Node | None) -> str | None:
    if detail is not None and detail.first("RtrInf") is not None:
        told = detail.text("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")  # free text may name people
        return told or "returned"
    return "reversed by the bank" if entry.text("RvslInd") == "true" else None
