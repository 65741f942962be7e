"""A bank's status report, pain.002: per transfer where it says so, else per message."""

from domain.payments.answers import Answer, Verdict
from domain.payments.xml import Node, message

# ISO 20022 ExternalPaymentTransactionStatus1Code and the group's. PART says nothing of itself.
_VERDICTS: dict[str, Verdict] = {
    **dict.fromkeys(("RJCT", "CANC", "BLCK"), "rejected"),
    **dict.fromkeys(("ACSC", "ACCC"), "executed"),
    **dict.fromkeys(
        ("ACCP", "ACTC", "ACSP", "ACWC", "ACWP", "ACFC", "RCVD", "PDNG", "PATC"), "accepted"
    ),
}


def read_answers(content: bytes) -> list[Answer]:
    """Every answer of the report, the widest first. Raises UntrustedFile.

    Of a reason its code is taken and its free text left out: banks write names and accounts there.
    An answer to a whole payment group of ours is one to the message: a batch is one group. A code
    that is not known is passed on as `unknown`, never guessed.
    """
    report = message(content, "pain.002", "CstmrPmtStsRpt")
    original = report.first("OrgnlGrpInfAndSts")
    message_id = report.need("OrgnlGrpInfAndSts/OrgnlMsgId")
    answers = []
    if original is not None:
        answers += _answer(message_id, None, original, "GrpSts")
    for group in report.all("OrgnlPmtInfAndSts"):
        answers += _answer(message_id, None, group, "PmtInfSts")
        for transfer in group.all("TxInfAndSts"):
            answers += _answer(message_id, transfer.need("OrgnlEndToEndId"), transfer, "TxSts")
    return answers


def _answer(message_id: str, end_to_end_id: str | None, node: Node, status: str) -> list[Answer]:
    code = node.text(status)
    if code is None or code == "PART":
        return []
    words = []
    for why in node.all("StsRsnInf"):
        words.append(why.text("Rsn/Cd", "Rsn/Prtry") or "")
    verdict = _VERDICTS.get(code, "unknown")
    return [Answer(message_id, end_to_end_id, verdict, code, "; ".join(filter(None, words)))]
