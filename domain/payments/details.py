"""Bank details: checked, and never shown by accident."""

import re
import unicodedata

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from domain.payments.errors import PaymentRefused

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_SPELT = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ł": "l",
     "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "\u0131": "i"}
)  # fmt: skip
_OUTSIDE = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")


class BankDetails(BaseModel):
    """Plaintext that only the keyring's door may see, like all personal data; no error shows it.

    `other_account` is for accounts without an IBAN.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str
    iban: str | None = None
    other_account: str | None = None
    bic: str | None = None

    def __repr__(self) -> str:
        return "BankDetails(sealed)"

    __str__ = __repr__

    @field_validator("iban")
    @classmethod
    def _checked(cls, iban: str | None) -> str | None:
        """Without blanks; the check digits of ISO 13616 find one wrong sign and most swaps."""
        if iban is None:
            return None
        iban = iban.replace(" ", "").upper()
        if not _IBAN.fullmatch(iban):
            raise ValueError("this is no IBAN: two letters, two digits, 11 to 30 signs")
        if int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 != 1:
            raise ValueError("the check digits of this IBAN are wrong: a sign is mistyped")
        return iban

    @field_validator("bic")
    @classmethod
    def _known(cls, bic: str | None) -> str | None:
        if bic is not None and not _BIC.fullmatch(bic):
            raise ValueError("this is no BIC (ISO 9362)")
        return bic

    @model_validator(mode="after")
    def _one(self) -> "BankDetails":
        if (self.iban is None) == (self.other_account is None):
            raise ValueError("an account is known by its IBAN, or by another number: give one")
        if self.other_account is not None and not 0 < len(self.other_account) <= 34:
            raise ValueError("an account number has 1 to 34 signs")
        return self


class Debtor(BaseModel):
    """Our own account that pays: its name, number, bank and currency."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: BankDetails
    currency: str


def latin(text: str, longest: int) -> str:
    """The text in the signs that every bank takes (EPC217-08), cut to length.

    Accents go, a sign without a Latin spelling becomes a full stop. Raises PaymentRefused where
    no letter is left: such a name needs a Latin spelling from the passenger.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_SPELT))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = _OUTSIDE.sub(".", " ".join(plain.split()))[:longest].strip()
    if not any(sign.isalnum() for sign in plain):
        raise PaymentRefused("a name or text has no Latin letter: ask for its Latin spelling")
    return plain
