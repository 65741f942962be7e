"""Schema `derived`: what the assets make of findings and events; every table is itself a log.

`sequence` is dense and given under the writer's compare-and-set, so it is the offset at which
the next asset reads on. Rows are never updated: a change is a new revision.
"""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from streaming.store.models.columns import Base, Big, Json, Texts, Time, Uuids


class Derived:
    """What every derived row says about how it was made."""

    sequence: Mapped[Big] = mapped_column(unique=True)
    evidence: Mapped[Texts] = mapped_column(comment="Inputs it rests on: log_id/partition/offset.")
    code_version: Mapped[str]
    written_at: Mapped[Time] = mapped_column(server_default=text("clock_timestamp()"))


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
    revision: Mapped[int] = mapped_column(primary_key=True)
    correlation_id: Mapped[UUID]
    root_leg_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(
        comment="cancellation, diversion, delay or rotation of the root."
    )
    cause: Mapped[str | None] = mapped_column(comment="irregularity_cause of the root, if told.")
    delay_code: Mapped[str | None] = mapped_column(comment="AHM 730 of the root, if told.")
    status: Mapped[str]
    severity: Mapped[str]
    leg_ids: Mapped[Uuids] = mapped_column(comment="Root first, then knocked-on legs by time.")
    finding_ids: Mapped[Uuids]
    delay_minutes: Mapped[int] = mapped_column(comment="Sum over its legs, minutes.")
    passengers_booked: Mapped[int]
    as_of: Mapped[Time] = mapped_column(comment="Event time of the revision.")
    content_hash: Mapped[str] = mapped_column(
        comment="Hash of what matters; a revision is written only when it changes."
    )


class FeatureRow(Derived, Base):
    """Features of a leg as of `as_of`, from facts knowable then."""

    __tablename__ = "features"
    __table_args__ = ({"schema": "derived", "comment": "Grain: leg, horizon and feature set."},)

    leg_id: Mapped[UUID] = mapped_column(primary_key=True)
    horizon_minutes: Mapped[int] = mapped_column(primary_key=True)
    feature_set: Mapped[str] = mapped_column(primary_key=True)
    as_of: Mapped[Time]
    values: Mapped[Json]
    values_hash: Mapped[str]


class Forecast(Derived, Base):
    """P(target) of a leg at a horizon, by one model version from one feature row."""

    __tablename__ = "forecasts"
    __table_args__ = (
        CheckConstraint("probability between 0 and 1", name="probability_unit"),
        Index("ix_forecasts_leg_id", "leg_id"),
        {"schema": "derived", "comment": "Grain: leg, horizon, target and model version."},
    )

    forecast_id: Mapped[UUID] = mapped_column(primary_key=True)
    leg_id: Mapped[UUID]
    horizon_minutes: Mapped[int]
    target: Mapped[str] = mapped_column(comment="delay_15: departure or arrival >= 15 min late.")
    as_of: Mapped[Time]
    probability: Mapped[float]
    climatology: Mapped[float] = mapped_column(comment="The baseline's probability, same target.")
    model_name: Mapped[str]
    model_version: Mapped[str]
    feature_sequence: Mapped[Big] = mapped_column(ForeignKey("derived.features.sequence"))
    features_hash: Mapped[str]


class PassengerImpact(Derived, Base):
    """What happened to one passenger's journey: the facts that the law asks for."""

    __tablename__ = "passenger_impacts"
    __table_args__ = (
        Index("ix_passenger_impacts_disruption_id", "disruption_id"),
        {"schema": "derived", "comment": "Grain: one revision of one obligation's facts."},
    )

    obligation_key: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[str] = mapped_column(primary_key=True, comment="Hash of the facts.")
    passenger_ref: Mapped[UUID]
    journey_id: Mapped[UUID]
    disruption_id: Mapped[UUID]
    disruption_revision: Mapped[int]
    obligation_event: Mapped[str] = mapped_column(
        comment="Which event of the journey: disruption, rerouting-1 and so on, downgrade."
    )
    broken_leg_id: Mapped[UUID] = mapped_column(comment="The leg that broke the journey first.")
    settled: Mapped[bool] = mapped_column(comment="False while the journey has not ended.")
    facts: Mapped[Json]
    as_of: Mapped[Time]


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

    assessment_id: Mapped[UUID] = mapped_column(primary_key=True)
    obligation_key: Mapped[UUID]
    revision: Mapped[str] = mapped_column(comment="Hash of facts and rulebook.")
    impact_sequence: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("derived.passenger_impacts.sequence")
    )
    regime: Mapped[str]
    rulebook: Mapped[str]
    in_scope: Mapped[bool]
    event: Mapped[str] = mapped_column(comment="What the law sees: delay, cancellation, ...")
    band: Mapped[str | None]
    amount_minor: Mapped[Big]
    amount_min_minor: Mapped[Big]
    amount_max_minor: Mapped[Big]
    currency: Mapped[str]
    care: Mapped[Texts]
    citations: Mapped[Texts]
    rules_hit: Mapped[Texts]
    flags: Mapped[Texts]
    needs: Mapped[Texts]
    certainty: Mapped[str]
    explanation: Mapped[str]
    other_regime: Mapped[str | None]
    as_of: Mapped[Time]
