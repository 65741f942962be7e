"""The part of pain.001.001.09 that we write, as rules by hand: which elements, in which order.

`+` must be there, `?` may, `*` as often as one likes. The official schema accepts what these rules
accept of our files (checked with its XSD on 27 Nov 2026); an element added needs its rule.
"""

import re
from xml.etree import ElementTree as ET

NAMESPACE = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"
_PARTY, _AGENT, _ACCOUNT = "Nm?", "FinInstnId+", "Id+ Ccy?"
CHILDREN = {
    "Document": "CstmrCdtTrfInitn+",
    "CstmrCdtTrfInitn": "GrpHdr+ PmtInf*",
    "GrpHdr": "MsgId+ CreDtTm+ NbOfTxs+ CtrlSum? InitgPty+",
    "PmtInf": "PmtInfId+ PmtMtd+ BtchBookg? NbOfTxs? CtrlSum? PmtTpInf? ReqdExctnDt+ Dbtr+ "
    "DbtrAcct+ DbtrAgt+ ChrgBr? CdtTrfTxInf*",
    "PmtTpInf": "SvcLvl?",
    "SvcLvl": "Cd+",
    "ReqdExctnDt": "Dt+",
    "InitgPty": _PARTY,
    "Dbtr": _PARTY,
    "Cdtr": _PARTY,
    "DbtrAcct": _ACCOUNT,
    "CdtrAcct": _ACCOUNT,
    "DbtrAgt": _AGENT,
    "CdtrAgt": _AGENT,
    "FinInstnId": "BICFI? Othr?",
    "Id": "IBAN? Othr?",
    "Othr": "Id+",
    "CdtTrfTxInf": "PmtId+ Amt+ CdtrAgt? Cdtr? CdtrAcct? RmtInf?",
    "PmtId": "InstrId? EndToEndId+",
    "Amt": "InstdAmt+",
    "RmtInf": "Ustrd?",
}
VALUES = {
    "MsgId": r"\S.{0,34}",
    "PmtInfId": r"\S.{0,34}",
    "InstrId": r"\S.{0,34}",
    "EndToEndId": r"\S.{0,34}",
    "CreDtTm": r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z",
    "NbOfTxs": r"[0-9]{1,15}",
    "CtrlSum": r"\d{1,16}(\.\d{1,17})?",
    "Nm": r".{1,140}",
    "PmtMtd": "TRF",
    "BtchBookg": "true|false",
    "Dt": r"\d{4}-\d{2}-\d{2}",
    "IBAN": r"[A-Z]{2,2}[0-9]{2,2}[a-zA-Z0-9]{1,30}",
    "BICFI": r"[A-Z0-9]{4,4}[A-Z]{2,2}[A-Z0-9]{2,2}([A-Z0-9]{3,3}){0,1}",
    "ChrgBr": "DEBT|CRED|SHAR|SLEV",
    "InstdAmt": r"\d{1,16}(\.\d{1,5})?",
    "Ustrd": r".{1,140}",
    "Ccy": r"[A-Z]{3,3}",
    "Cd": "SEPA",
    "Id": r".{1,35}",
}


def faults(text: str) -> list[str]:
    """What breaks the rules; empty for a sound file."""
    return _faults(ET.fromstring(text))  # noqa: S314 - our own file


def _faults(element: ET.Element) -> list[str]:
    name = element.tag.removeprefix(NAMESPACE)
    if not element.tag.startswith(NAMESPACE):
        return [f"{element.tag} is of another namespace"]
    found = [fault for child in element for fault in _faults(child)]
    if not len(element):
        pattern = VALUES.get(name, "(?!)")
        text = element.text or ""
        return found if re.fullmatch(pattern, text) else [f"{name} is {text!r}"]
    # The rule as an expression over the names of the children.
    rule = "".join(
        f"(?:{part[:-1]} )" + {"+": "", "?": "?", "*": "*"}[part[-1]]
        for part in CHILDREN.get(name, "").split()
    )
    there = "".join(f"{child.tag.removeprefix(NAMESPACE)} " for child in element)
    return found if re.fullmatch(rule, there) else [*found, f"{name} holds {there}"]
