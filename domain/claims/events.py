"""What happened to a claim, as one flat record; `kind` says which of the optional facts are set."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.claims.states import Role, kinds
from domain.events.envelope import FreeText, Int64, UtcTime

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Who = Annotated[FreeText, Field(min_length=1, max_length=200)]
Channel = Literal["adr", "caa_pact", "enforcement_body", "court"]


class ClaimEvent(BaseModel):
    """One event of one claim. `actor` is the person or system by its own id, never a name.

    Documents are known by their SHA-256; what they say stays where it is sealed.
    """

    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "assess_undecided": ("amount_minor", "currency", "revision", "regime"),
        "assess_owed": ("amount_minor", "currency", "revision", "regime"),
        "assess_not_owed": ("revision", "regime"),
        "approve": ("amount_minor", "currency"),
        "settle": ("amount_minor", "currency", "reason"),
        "schedule": ("reference",),
        "pay": ("reference",),
        "give_back": ("reference", "reason"),
        "withdraw": ("reason",),
        "reopen": ("reason",),
        "refuse_finally": ("reason",),
        "expire": ("reason",),
        "excuse_proposed": ("cause",),
        "excuse_documented": ("document_sha256",),
        "excuse_refused": ("reason",),
        "dispute_opened": ("channel", "body"),
        "agency_appointed": ("agency_ref", "document_sha256"),
        "agency_dismissed": ("agency_ref",),
    }

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    event_id: UUID
    obligation_key: UUID
    kind: str
    occurred_at: UtcTime
    actor: Who
    role: Role
    amount_minor: Annotated[Int64, Field(ge=0)] | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    revision: FreeText | None = None
    regime: Literal["eu", "uk"] | None = None
    reason: Annotated[FreeText, Field(min_length=1)] | None = None
    reference: FreeText | None = None
    cause: FreeText | None = None
    document_sha256: Sha256 | None = None
    channel: Channel | None = None
    body: FreeText | None = None
    due_at: UtcTime | None = None
    agency_ref: UUID | None = None
    may_collect: bool = False

    @model_validator(mode="after")
    def _told(self) -> "ClaimEvent":
        if self.kind not in kinds():
            raise ValueError(f"no event of a claim is called {self.kind}")
        missing = [name for name in self.needs.get(self.kind, ()) if getattr(self, name) is None]
        if missing:
            raise ValueError(f"{self.kind} needs {', '.join(missing)}")
        return self
