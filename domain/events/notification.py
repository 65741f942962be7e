"""notifications: who is to be told what, and what became of it; nothing personal, not even sealed.

The text is made where it is sent: by whoever may open the keyring for that passenger, from the
template and the ids here. So a broker's log holds no name, and erasure has nothing to do here.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from domain.events.envelope import Event, FreeText, Int32, UtcTime

NotificationKind = Literal[
    "notification_requested",  # somebody is to be told
    "notification_delivered",  # the channel's provider has taken it
    "notification_failed",  # it was given up; failure says why
    "notification_expired",  # send_before passed first
]

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
Recipient = Annotated[str, Field(pattern=rf"^(passenger/{_UUID}|desk/[a-z_]{{1,40}})$")]
"""A passenger by pseudonym or a desk by role: no room for a name or an address."""


class NotificationEvent(Event):
    """One step in the life of one notification, keyed by its recipient."""

    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "notification_requested": ("recipient", "notification_id", "template_id", "send_before"),
        "notification_delivered": ("recipient", "notification_id", "channel", "delivered_at"),
        "notification_failed": ("recipient", "notification_id", "failure"),
        "notification_expired": ("recipient", "notification_id"),
    }
    keyed_by: ClassVar[str | None] = "recipient"

    kind: Annotated[NotificationKind, Field(description="Which step in the notification's life.")]
    notification_id: UUID | None = Field(
        None, description="Computed from cause, recipient and template: asked twice, sent once."
    )
    recipient: Recipient | None = Field(
        None, description="passenger/<pseudonym> or desk/<role>; the key."
    )
    template_id: Annotated[FreeText, Field(max_length=100)] | None = Field(
        None, description="Which text, such as leg_cancelled_rights."
    )
    template_version: Int32 | None = Field(None, description="Of the template, as it was chosen.")
    language: Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] | None = Field(
        None, description="BCP 47, language and region at most."
    )
    channel: Literal["email", "sms", "push", "desk"] | None = Field(
        None, description="By which way; left open when the sender is to choose."
    )
    send_before: UtcTime | None = Field(None, description="Afterwards it would mislead (UTC).")
    leg_id: UUID | None = Field(None, description="The leg it is about.")
    journey_id: UUID | None = Field(None, description="The booking journey it is about.")
    disruption_id: UUID | None = Field(None, description="The disruption it is about.")
    assessment_id: UUID | None = Field(None, description="The assessment of rights it tells of.")
    delivered_at: UtcTime | None = Field(None, description="When the provider took it (UTC).")
    attempt: Int32 | None = Field(None, description="Which attempt this was, from 1.")
    failure: Literal["unreachable", "refused", "no_address", "erased", "no_template"] | None = (
        Field(None, description="Why it was given up; erased: the passenger's key is destroyed.")
    )
