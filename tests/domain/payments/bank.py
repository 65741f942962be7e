"""A carrier's account, some passengers, and the messages of a bank that answers."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from domain.payments import BankDetails, Debtor, Instruction, Rate, instruct

DUE = date(2026, 12, 1)
SEALED = b"\x01" + bytes(40)
PASSENGER = UUID(int=7)
DEBTOR = Debtor(
    account=BankDetails(
        name="Example Air plc", iban="DE89 3704 0044 0532 0130 00", bic="COBADEFFXXX"
    ),
    currency="EUR",
)
PAYEE = BankDetails(name="Zoë Müller-Ångström", iban="FR14 2004 1010 0505 0001 3M02 606")
POUNDS = Rate("EUR", "GBP", Decimal("0.8412"), date(2026, 11, 27), "ECB", "day of payment")


def instruction(
    number: int = 1, minor: int = 25000, attempt: int = 1, rate: Rate | None = None
) -> Instruction:
    return instruct(UUID(int=number), PASSENGER, attempt, minor, "EUR", DUE, SEALED, rate)


def status_report(
    message_id: str,
    transfers: Sequence[tuple[str, str]] = (),
    group: str | None = None,
    payment: str | None = None,
) -> bytes:
    """pain.002.001.10 with (end-to-end id, status) of transfers, and wider statuses."""
    told = "".join(
        f"""
      <TxInfAndSts><OrgnlEndToEndId>{end}</OrgnlEndToEndId><TxSts>{status}</TxSts>
        <StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Closed account</AddtlInf></StsRsnInf>
      </TxInfAndSts>"""
        for end, status in transfers
    )
    group_status = f"<GrpSts>{group}</GrpSts>" if group else ""
    payment_status = f"<PmtInfSts>{payment}</PmtInfSts>" if payment else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">
  <CstmrPmtStsRpt>
    <GrpHdr><MsgId>R1</MsgId><CreDtTm>2026-12-01T09:00:00Z</CreDtTm></GrpHdr>
    <OrgnlGrpInfAndSts><OrgnlMsgId>{message_id}</OrgnlMsgId>
      <OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{group_status}</OrgnlGrpInfAndSts>
    <OrgnlPmtInfAndSts><OrgnlPmtInfId>{message_id}</OrgnlPmtInfId>{payment_status}{told}
    </OrgnlPmtInfAndSts>
  </CstmrPmtStsRpt>
</Document>""".encode()


def transaction(
    end: str, amount: str, currency: str = "EUR", direction: str = "DBIT", reason: str = ""
) -> str:
    returned = f"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>" if reason else ""
    return f"""<TxDtls><Refs><EndToEndId>{end}</EndToEndId></Refs>
          <Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{returned}
        </TxDtls>"""


def entry(
    reference: str, amount: str, details: str, currency: str = "EUR", direction: str = "DBIT",
    status: str = "<Cd>BOOK</Cd>",
) -> str:  # fmt: skip
    known = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
    return f"""
      <Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>
        <Sts>{status}</Sts><BookgDt><Dt>2026-12-02</Dt></BookgDt>{known}
        <BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd>
        <NtryDtls>{details}</NtryDtls></Ntry>"""


def notification(*entries: str, version: str = "08", head: str = "") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>{head}
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.{version}">
  <BkToCstmrDbtCdtNtfctn>
    <GrpHdr><MsgId>N1</MsgId><CreDtTm>2026-12-02T20:00:00Z</CreDtTm></GrpHdr>
    <Ntfctn><Id>N1-1</Id><CreDtTm>2026-12-02T20:00:00Z</CreDtTm>
      <Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>{"".join(entries)}
    </Ntfctn>
  </BkToCstmrDbtCdtNtfctn>
</Document>""".encode()
