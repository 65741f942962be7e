"""The law's answer: what is owed to one passenger, why, how firmly, and what is still missing."""

from pydantic import BaseModel, ConfigDict

from domain.passenger_rights.care_clock import Due
from domain.passenger_rights.checklist import Checklist
from domain.passenger_rights.inquiry import Hit
from domain.passenger_rights.refund import Choice
from domain.passenger_rights.ruling import Measured
from domain.passenger_rights.vocabulary import CARE, Band, Care, Certainty, Flag, Regime

FOR_A_PERSON: dict[Flag, str] = {
    "edge_180": "Exactly three hours in the middle band: court or statute?",
    "edge_240": "Exactly four hours over 3500 km: court or statute?",
    "edge_half_limit": "Exactly at the limit of Art 7(2): half or full?",
    "distance_borderline": "Sphere and ellipsoid give different bands: which distance holds?",
    "coordinate_conflict": "The declared distance contradicts the airport table: which is right?",
    "territory_review": "Whether that territory belongs to the regime is for counsel.",
    "licence_unknown": "Who licensed the operating carrier?",
    "swiss_eea_carrier_uk": "Whether a Swiss or EEA licence counts in UK law is for counsel.",
    "arrival_time_provisional": "When did the arrival that counts happen?",
    "notice_unproven": "When was the passenger told? The carrier has to prove it.",
    "excuse_unproven": "Are the excuse and all reasonable measures proven by papers? A second "
    "person approves.",
    "partial_excuse": "Which minutes of the delay did the excused event take?",
    "dual_regime": "Under which law does the passenger claim? It is paid once.",
    "post_2020_cjeu_in_uk": "Would a UK court follow this ruling of the Court of Justice?",
    "reform_text_missing": "The text of the reform has to be loaded and read first.",
}
"""What only a human can decide, by the flag that says so."""

REGIME_NAMES: dict[Regime, str] = {"eu": "EU261", "uk": "UK261"}


class OtherRegime(BaseModel):
    """What the second regime would give on the same facts: an alternative, never an addition."""

    model_config = ConfigDict(frozen=True)

    regime: Regime
    rulebook: str
    amount_minor: int
    amount_max_minor: int  # above the amount only while a fact is missing
    currency: str

    def __str__(self) -> str:
        amount = major(self.amount_minor)
        if self.amount_max_minor > self.amount_minor:
            amount += f"-{major(self.amount_max_minor)}"
        return f"{self.regime}:{amount}{self.currency}"


class Assessment(BaseModel):
    """One regime's answer; money in minor units of `currency`.

    `amount_minor` is the decision. While a fact is missing (`decided` is False) it is the part
    owed on every reading, and the truth lies between `amount_min_minor` and `amount_max_minor`.
    Where the law can be read in two ways, the decision stands and min and max name both readings;
    the books accrue `amount_max_minor`. `bounded` is False where nobody can say how high the sum
    may be (a law not loaded, a price not told): `amount_max_minor` is then no upper end.
    """

    model_config = ConfigDict(frozen=True)

    regime: Regime
    rulebook: str
    rulebook_digest: str
    scope: str  # "yes", "no", or "unknown" while a missing fact decides
    event: str
    band: Band | None
    distance_km: float | None
    distance_km_wgs84: float | None
    measured: Measured | None
    decided: bool
    bounded: bool
    amount_minor: int
    amount_min_minor: int
    amount_max_minor: int
    currency: str
    article: str
    care: tuple[Care, ...]
    care_clock: tuple[Due, ...]
    choices: tuple[Choice, ...]
    excuse: Checklist | None
    other_regime: OtherRegime | None
    certainty: Certainty
    flags: tuple[Flag, ...]
    needs: tuple[str, ...]
    hits: tuple[Hit, ...]

    @property
    def in_scope(self) -> bool:
        """Whether the regime covers the passenger, or still may once missing facts are told."""
        return self.scope != "no"

    @property
    def accrual_minor(self) -> int:
        """What the books carry: the higher reading."""
        return self.amount_max_minor

    @property
    def rules_hit(self) -> tuple[str, ...]:
        """Ids of the rules that spoke, in order."""
        return tuple(hit.rule_id for hit in self.hits)

    @property
    def citations(self) -> tuple[str, ...]:
        """The deciding article, then the sources of the rules that spoke, each once."""
        article = f"{REGIME_NAMES[self.regime]} {self.article}"
        return tuple(dict.fromkeys((article, *(hit.source for hit in self.hits))))

    @property
    def for_a_person(self) -> tuple[str, ...]:
        """What no engine decides: one sentence a flag, and the excuse that wants approval."""
        return tuple(words for flag in self.flags if (words := FOR_A_PERSON.get(flag)))

    @property
    def explanation(self) -> str:
        """The reasons in plain words, rule by rule, and the result."""
        return "\n".join([*(f"{hit.rule_id}: {hit.words}" for hit in self.hits), self._result()])

    def _result(self) -> str:
        name = REGIME_NAMES[self.regime]
        if self.scope == "no":
            return f"Result: outside {name}; nothing is owed under it."
        if not self.bounded:
            return f"Result: not decided, and no upper end is known; needs {', '.join(self.needs)}."
        spread = f"{major(self.amount_min_minor)} to {major(self.amount_max_minor)} {self.currency}"
        if not self.decided:
            return f"Result: not decided, {spread}; needs {', '.join(self.needs)}."
        result = f"Result: {major(self.amount_minor)} {self.currency} under {name} {self.article}"
        if self.amount_min_minor != self.amount_max_minor:
            result += f"; other readings give {spread}, and a person confirms"
        return result + "."


def major(minor: int) -> str:
    """Minor units as a decimal text with two places: 25000 is `250.00`."""
    return f"{minor // 100}.{minor % 100:02d}"


def ordered_care(care: frozenset[Care]) -> tuple[Care, ...]:
    """Care in the order of the case file."""
    return tuple(item for item in CARE if item in care)
