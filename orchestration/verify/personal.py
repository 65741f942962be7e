"""No plaintext of a known passenger anywhere: looks for it in every table and every topic.

The needles come out of the keyring's door (each opening is recorded there); the haystack is the
whole database, other services' schemas too, and the raw bytes of all topics.
"""

import re
from collections.abc import Iterable, Iterator

from domain.events import PersonalData
from domain.payments import BankDetails
from orchestration.verify.verdict import Verdict
from streaming.broker import Broker, Record, read_to_end
from streaming.keyring import Destroyed, Keyring
from streaming.store import audit
from streaming.store.database import Connection
from streaming.topics import TOPICS

TOKEN = re.compile(rb"[\w.+@-]{5,}")
HEX = re.compile(rb"\\\\x((?:[0-9a-f]{2})+)")
SHORTEST = 5


def needles(people: Iterable[PersonalData]) -> set[bytes]:
    """What would give a passenger away: names, addresses, numbers, in lower case.

    Strings under five characters are left out: they occur by chance in ciphertext.
    """
    found: set[bytes] = set()
    for person in people:
        values = (
            person.given_name, person.family_name, person.email, person.phone,
            person.document_number,
        )  # fmt: skip
        for value in values:
            found |= {
                t.lower() for t in TOKEN.findall((value or "").encode()) if len(t) >= SHORTEST
            }
    return found


def account_needles(opened: Iterable[bytes | Destroyed]) -> set[bytes]:
    """The numbers of the accounts that passengers are paid to, in lower case."""
    accounts = [
        BankDetails.model_validate_json(one) for one in opened if not isinstance(one, Destroyed)
    ]
    return {
        number.lower().encode()
        for one in accounts
        if (number := one.iban or one.other_account) and len(number) >= SHORTEST
    }


def codes(people: Iterable[PersonalData]) -> re.Pattern[bytes] | None:
    """Special-assistance codes where a value would stand: a column, an array, JSON, Avro.

    They are too short to be sought anywhere: ciphertext holds any four letters by chance. Avro
    writes a string's length before it (as zigzag: four is 0x08).
    """
    known = sorted({code.encode() for person in people for code in person.special_assistance})
    if not known:
        return None
    any_code = b"|".join(map(re.escape, known))
    return re.compile(
        rb"(?:(?:^|[\t\"{,])(?:%b)(?=[\t\"},\n]|$))|\x08(?:%b)" % (any_code, any_code)
    )


def _plain(block: bytes) -> Iterator[bytes]:
    """The block itself, and what its bytea columns (hex in COPY text) hold."""
    yield block
    for digits in HEX.findall(block):
        yield bytes.fromhex(digits.decode())


def traces(
    blocks: Iterable[bytes], sought: set[bytes], coded: re.Pattern[bytes] | None = None
) -> int:
    """How many of the blocks (a row, a record) hold a needle or a code.

    A needle counts as a whole token, and as a part of one split at punctuation.
    """
    hits = 0
    for block in blocks:
        for text in _plain(block):
            tokens = {token.lower() for token in TOKEN.findall(text)}
            parts = {part for token in tokens for part in re.split(rb"[.+@_-]", token)}
            if not sought.isdisjoint(tokens | parts) or (coded and coded.search(text)):
                hits += 1
                break
    return hits


def no_plaintext(connection: Connection, keyring: Keyring, broker: Broker) -> Verdict:
    """Every table of every schema, and every record of every topic, keys and headers too."""
    sealed = dict(audit.sealed_passengers(connection))
    opened = keyring.open(sealed, actor="knockon verify", purpose="search for plaintext")
    people = [person for person in opened.values() if not isinstance(person, Destroyed)]
    accounts = keyring.open_more(
        audit.sealed_accounts(connection), actor="knockon verify", purpose="search for plaintext"
    )
    sought, coded = needles(people) | account_needles(accounts), codes(people)
    checked = 0
    broken: list[str] = []
    for schema, table in audit.tables(connection):
        rows = list(audit.dump(connection, schema, table))
        checked += len(rows)
        if hits := traces(rows, sought, coded):
            broken.append(f"{hits} rows of {schema}.{table}")
    for name, found in broker.identities(TOPICS).items():
        read = read_to_end(broker.cluster, name, *range(found.partitions))
        records = [_bytes(record) for record in read]
        checked += len(records)
        if hits := traces(records, sought, coded):
            broken.append(f"{hits} records of {name}")
    return Verdict(
        "no plaintext",
        f"rows and records without a trace of {len(sealed)} known passengers",
        checked,
        broken,
    )


def _bytes(record: Record) -> bytes:
    headers = b" ".join(value or b"" for _, value in record.headers)
    return b" ".join((record.key or b"", record.value or b"", headers))
