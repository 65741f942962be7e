"""Schema `derived`: what the assets make of findings and events; every table is itself a log.

`sequence` is dense and given under the writer's compare-and-set, so it is the offset at which
the next asset reads on. Rows are never updated: a change is a new revision.
"""

from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from streaming.store.models.columns import Base, Big, Json, MaybeTime, Texts, Time, Uuids


class Derived:
    """What every derived row says about how it was made."""

    sequence: Mapped[Big] = mapped_column(
        unique=True, comment="Place in the table's log: dense, in commit order."
    )
    evidence: Mapped[Texts] = mapped_column(comment="Inputs it rests on: log_id/partition/offset.")
    code_version: Mapped[str] = mapped_column(comment="Version of our code that wrote the row.")
    written_at: Mapped[Time] = mapped_column(
        server_default=text("clock_timestamp()"),
        comment="When the row was written, by PostgreSQL's clock.",
    )


class Disruption(Derived, Base):
    """Correlated findings and irregular legs that share one root leg; one row a revision."""

    __tablename__ = "disruptions"
    __table_args__ = (
        CheckConstraint("status in ('open', 'closed')", name="status_known"),
        CheckConstraint("severity in ('S1', 'S2', 'S3', 'S4')", name="severity_known"),
        Index("ix_disruptions_leg_ids", "leg_ids", postgresql_using="gin"),
        {"schema": "derived", "comment": "Grain: one revision of one correlated disruption."},
    )

    disruption_id: Mapped[UUID] = mapped_column(primary_key=True, comment="UUIDv5 of the root leg.")
    revision: Mapped[int] = mapped_column(primary_key=True, comment="From 1; the highest holds.")
    correlation_id: Mapped[UUID] = mapped_column(comment="That of the root leg's events.")
    root_leg_id: Mapped[UUID] = mapped_column(
        comment="The leg where it began, by landed.flight_events.leg_id."
    )
    kind: Mapped[str] = mapped_column(
        comment="cancellation, diversion, delay or rotation of the root."
    )
    cause: Mapped[str | None] = mapped_column(comment="irregularity_cause of the root, if told.")
    delay_code: Mapped[str | None] = mapped_column(comment="AHM 730 of the root, if told.")
    status: Mapped[str] = mapped_column(
        comment="open, or closed: all its legs are final, or it was withdrawn."
    )
    severity: Mapped[str] = mapped_column(
        comment="S1 to S4 by expected passenger-minutes of delay: 1,000, 3,000, 10,000."
    )
    leg_ids: Mapped[Uuids] = mapped_column(comment="Root first, then knocked-on legs by time.")
    finding_ids: Mapped[Uuids] = mapped_column(
        comment="Findings that link its legs, by detected.findings.finding_id."
    )
    delay_minutes: Mapped[int] = mapped_column(comment="Sum over its legs, minutes.")
    passengers_booked: Mapped[int] = mapped_column(
        comment="Passengers with a confirmed booking, summed over its legs."
    )
    as_of: Mapped[Time] = mapped_column(comment="Event time of the revision.")
    content_hash: Mapped[str] = mapped_column(
        comment="Hash of what matters; a revision is written only when it changes."
    )


class FeatureRow(Derived, Base):
    """Features of a leg as of `as_of`, from facts knowable then."""

    __tablename__ = "features"
    __table_args__ = ({"schema": "derived", "comment": "Grain: leg, horizon and feature set."},)

    leg_id: Mapped[UUID] = mapped_column(
        primary_key=True, comment="The leg, by landed.flight_events.leg_id."
    )
    horizon_minutes: Mapped[int] = mapped_column(
        primary_key=True, comment="How long before SOBT the features are of, minutes."
    )
    feature_set: Mapped[str] = mapped_column(
        primary_key=True, comment="Name of the set: which values, in which order, of which meaning."
    )
    as_of: Mapped[Time] = mapped_column(
        comment="Event time of the features; nothing later is in them."
    )
    values: Mapped[Json] = mapped_column(comment="Value by feature name; null where not known.")
    values_hash: Mapped[str] = mapped_column(
        comment="SHA-256 of set, horizon and values in canonical order."
    )


class Forecast(Derived, Base):
    """P(target) of a leg at a horizon, by one model version from one feature row."""

    __tablename__ = "forecasts"
    __table_args__ = (
        CheckConstraint("probability between 0 and 1", name="probability_unit"),
        Index("ix_forecasts_leg_id", "leg_id"),
        {"schema": "derived", "comment": "Grain: leg, horizon, target and model version."},
    )

    forecast_id: Mapped[UUID] = mapped_column(
        primary_key=True, comment="UUIDv5 of leg, horizon, model version and features."
    )
    leg_id: Mapped[UUID] = mapped_column(comment="The leg, by landed.flight_events.leg_id.")
    horizon_minutes: Mapped[int] = mapped_column(
        comment="How long before SOBT the forecast is of, minutes."
    )
    target: Mapped[str] = mapped_column(comment="delay_15: departure or arrival >= 15 min late.")
    as_of: Mapped[Time] = mapped_column(comment="Event time of the features.")
    probability: Mapped[float] = mapped_column(
        comment="The model's probability of the target, 0 to 1."
    )
    climatology: Mapped[float] = mapped_column(comment="The baseline's probability, same target.")
    model_name: Mapped[str] = mapped_column(comment="Name of the model in MLflow.")
    model_version: Mapped[str] = mapped_column(comment="Version of the model in MLflow.")
    feature_sequence: Mapped[Big] = mapped_column(
        ForeignKey("derived.features.sequence"), comment="The feature row that it rests on."
    )
    features_hash: Mapped[str] = mapped_column(comment="values_hash of that row.")


class PassengerImpact(Derived, Base):
    """What happened to one passenger's journey: the facts that the law asks for."""

    __tablename__ = "passenger_impacts"
    __table_args__ = (
        ForeignKeyConstraint(
            ("disruption_id", "disruption_revision"),
            ("derived.disruptions.disruption_id", "derived.disruptions.revision"),
            name="fk_passenger_impacts_disruption_revision_disruptions",
        ),
        Index("ix_passenger_impacts_disruption_id", "disruption_id"),
        Index("ix_passenger_impacts_journey_id", "journey_id"),
        {"schema": "derived", "comment": "Grain: one revision of one obligation's facts."},
    )

    obligation_key: Mapped[UUID] = mapped_column(
        primary_key=True, comment="UUIDv5 of passenger, journey and obligation_event."
    )
    revision: Mapped[str] = mapped_column(primary_key=True, comment="Hash of the facts.")
    passenger_ref: Mapped[UUID] = mapped_column(comment="The passenger: a keyed pseudonym.")
    journey_id: Mapped[UUID] = mapped_column(
        comment="The booking journey, by landed.passenger_events.journey_id."
    )
    disruption_id: Mapped[UUID] = mapped_column(comment="The disruption that broke the journey.")
    disruption_revision: Mapped[int] = mapped_column(
        comment="The revision of it that the facts rest on."
    )
    obligation_event: Mapped[str] = mapped_column(
        comment="Which event of the journey: disruption, rerouting-1 and so on, downgrade."
    )
    broken_leg_id: Mapped[UUID] = mapped_column(comment="The leg that broke the journey first.")
    settled: Mapped[bool] = mapped_column(comment="False while the journey has not ended.")
    facts: Mapped[Json] = mapped_column(
        comment="What the law asks for: RightsFacts as JSON, without personal data."
    )
    as_of: Mapped[Time] = mapped_column(comment="Latest event time among the facts.")


class Assessment(Derived, Base):
    """What the law says to one impact, with article, rulebook and reasons."""

    __tablename__ = "assessments"
    __table_args__ = (
        UniqueConstraint("obligation_key", "revision"),
        Index("ix_assessments_impact_sequence", "impact_sequence"),
        CheckConstraint("amount_minor >= 0", name="amount_natural"),
        CheckConstraint("cardinality(citations) > 0", name="cited"),
        {"schema": "derived", "comment": "Grain: one assessment of one impact under one rulebook."},
    )

    assessment_id: Mapped[UUID] = mapped_column(
        primary_key=True, comment="UUIDv5 of obligation and revision."
    )
    obligation_key: Mapped[UUID] = mapped_column(
        comment="The obligation, by derived.passenger_impacts.obligation_key."
    )
    revision: Mapped[str] = mapped_column(comment="Hash of facts and rulebook.")
    impact_sequence: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("derived.passenger_impacts.sequence"),
        comment="The facts that it judges.",
    )
    regime: Mapped[str] = mapped_column(comment="The law that leads: eu (EU261) or uk (UK261).")
    rulebook: Mapped[str] = mapped_column(comment="The law as in force on the day, e.g. V-UK-2.")
    in_scope: Mapped[bool] = mapped_column(
        comment="Whether the regime covers the passenger, or still may."
    )
    event: Mapped[str] = mapped_column(comment="What the law sees: delay, cancellation, ...")
    band: Mapped[str | None] = mapped_column(
        comment="Distance band of Art 7; null where none was needed."
    )
    amount_minor: Mapped[Big] = mapped_column(
        comment="What is owed, minor units; while facts are missing, at least."
    )
    amount_min_minor: Mapped[Big] = mapped_column(
        comment="The least that any reading gives, minor units."
    )
    amount_max_minor: Mapped[Big] = mapped_column(
        comment="The most that any reading gives, minor units; what is booked."
    )
    currency: Mapped[str] = mapped_column(comment="Currency of the amounts, ISO 4217.")
    care: Mapped[Texts] = mapped_column(
        comment="Care that is owed under Art 8, 9 and 14, in words."
    )
    citations: Mapped[Texts] = mapped_column(
        comment="Articles and cases that it rests on, the deciding one first."
    )
    rules_hit: Mapped[Texts] = mapped_column(comment="Rules that spoke, by id, in order.")
    flags: Mapped[Texts] = mapped_column(comment="What a person should look at, in words.")
    needs: Mapped[Texts] = mapped_column(comment="Facts that are missing and would decide.")
    certainty: Mapped[str] = mapped_column(
        comment="That of the weakest rule: settled down to unverified."
    )
    explanation: Mapped[str] = mapped_column(
        comment="The reasons in plain words, rule by rule, and the result."
    )
    other_regime: Mapped[str | None] = mapped_column(
        comment="What the other law would give instead, as regime:amount."
    )
    as_of: Mapped[Time] = mapped_column(comment="Event time of the facts.")
    rulebook_digest: Mapped[str | None] = mapped_column(
        comment="Hash of all that the rulebook says, and of the edition of our logic; null in"
        " rows from before it was kept."
    )


class CareClock(Derived, Base):
    """What care one journey is due from when, and what was given of it; one row a revision."""

    __tablename__ = "care_clock"
    __table_args__ = (
        CheckConstraint("revision > 0", name="revision_positive"),
        {"schema": "derived", "comment": "Grain: one revision of the care clock of one journey."},
    )

    care_key: Mapped[UUID] = mapped_column(
        primary_key=True, comment="Care as an obligation: UUIDv5 of passenger, journey and care."
    )
    revision: Mapped[int] = mapped_column(primary_key=True, comment="From 1.")
    passenger_ref: Mapped[UUID] = mapped_column(comment="The passenger: a keyed pseudonym.")
    journey_id: Mapped[UUID] = mapped_column(comment="The booking journey.")
    assessment_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("derived.assessments.assessment_id"),
        comment="What the law says to the journey; null while nobody has assessed it.",
    )
    due: Mapped[Json] = mapped_column(
        comment="Care to when it falls due (UTC), by which rule, and whether it is owed already."
    )
    given: Mapped[Json] = mapped_column(
        comment="Id of the care event to what it gave, what that cost and how it counts."
    )
    waits_until: Mapped[MaybeTime] = mapped_column(
        comment="When the wait ends as far as known; null while no departure is known."
    )
    as_of: Mapped[Time] = mapped_column(comment="Event time of the facts.")


class Reassessment(Base):
    """One finished sweep over the assessments that other rules than those of its day gave."""

    __tablename__ = "reassessments"
    __table_args__ = (
        CheckConstraint("changed between 0 and looked_at", name="changed_within"),
        {"schema": "derived", "comment": "Grain: one finished re-assessment."},
    )

    sweep_id: Mapped[UUID] = mapped_column(primary_key=True, comment="Its id.")
    digests: Mapped[Texts] = mapped_column(
        comment="The rulebooks that were asked, by rulebook_digest."
    )
    until: Mapped[Big] = mapped_column(
        comment="End of the log of assessments when it began: all before it was looked at."
    )
    looked_at: Mapped[Big] = mapped_column(
        comment="Obligations whose newest assessment was of other rules."
    )
    changed: Mapped[Big] = mapped_column(comment="Those of them that got another answer.")
    asked_by: Mapped[str] = mapped_column(comment="Who asked for it: a person's or job's own id.")
    finished_at: Mapped[Time] = mapped_column(
        server_default=text("clock_timestamp()"),
        comment="When it was finished, by PostgreSQL's clock.",
    )
