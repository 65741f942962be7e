"""Say in the database what every column means."""

from alembic import op

revision = "0007"
down_revision = "0006"

RECORD = {
    "log_id": "The topic of one cluster, by logs.logs.",
    "partition": "Partition of the record.",
    "offset": "Offset of the record.",
    "event_id": "Identity of the event; sent again, it keeps its id.",
    "key": "Key of the Kafka record: events with one key stay in order.",
    "occurred_at": "Event time, UTC: when the fact was knowable, by the source's clock.",
    "produced_at": "When the producer handed the event to Kafka, UTC.",
    "source": "Who says so: the system or program that made the event.",
    "schema_version": "Version of the event model that it was made with.",
    "correlation_id": "Shared by all that follows from one cause.",
    "causation_id": "The event or finding that led to this event, if one did.",
}
DERIVED = {
    "sequence": "Place in the table's log: dense, in commit order.",
    "code_version": "Version of our code that wrote the row.",
    "written_at": "When the row was written, by PostgreSQL's clock.",
}
COMMENTS = {
    "derived.assessments": {
        **DERIVED,
        "assessment_id": "UUIDv5 of obligation and revision.",
        "obligation_key": "The obligation, by derived.passenger_impacts.obligation_key.",
        "impact_sequence": "The facts that it judges.",
        "regime": "The law that leads: eu (EU261) or uk (UK261).",
        "rulebook": "The law as in force on the day, e.g. V-UK-2.",
        "in_scope": "Whether the regime covers the passenger, or still may.",
        "band": "Distance band of Art 7; null where none was needed.",
        "amount_minor": "What is owed, minor units; while facts are missing, at least.",
        "amount_min_minor": "The least that any reading gives, minor units.",
        "amount_max_minor": "The most that any reading gives, minor units; what is booked.",
        "currency": "Currency of the amounts, ISO 4217.",
        "care": "Care that is owed under Art 8, 9 and 14, in words.",
        "citations": "Articles and cases that it rests on, the deciding one first.",
        "rules_hit": "Rules that spoke, by id, in order.",
        "flags": "What a person should look at, in words.",
        "needs": "Facts that are missing and would decide.",
        "certainty": "That of the weakest rule: settled down to unverified.",
        "explanation": "The reasons in plain words, rule by rule, and the result.",
        "other_regime": "What the other law would give instead, as regime:amount.",
        "as_of": "Event time of the facts.",
    },
    "derived.disruptions": {
        **DERIVED,
        "revision": "From 1; the highest holds.",
        "correlation_id": "That of the root leg's events.",
        "root_leg_id": "The leg where it began, by landed.flight_events.leg_id.",
        "status": "open, or closed: all its legs are final, or it was withdrawn.",
        "severity": "S1 to S4 by expected passenger-minutes of delay: 1,000, 3,000, 10,000.",
        "finding_ids": "Findings that link its legs, by detected.findings.finding_id.",
        "passengers_booked": "Passengers with a confirmed booking, summed over its legs.",
    },
    "derived.features": {
        **DERIVED,
        "leg_id": "The leg, by landed.flight_events.leg_id.",
        "horizon_minutes": "How long before SOBT the features are of, minutes.",
        "feature_set": "Name of the set: which values, in which order, of which meaning.",
        "as_of": "Event time of the features; nothing later is in them.",
        "values": "Value by feature name; null where not known.",
        "values_hash": "SHA-256 of set, horizon and values in canonical order.",
    },
    "derived.forecasts": {
        **DERIVED,
        "forecast_id": "UUIDv5 of leg, horizon, model version and features.",
        "leg_id": "The leg, by landed.flight_events.leg_id.",
        "horizon_minutes": "How long before SOBT the forecast is of, minutes.",
        "as_of": "Event time of the features.",
        "probability": "The model's probability of the target, 0 to 1.",
        "model_name": "Name of the model in MLflow.",
        "model_version": "Version of the model in MLflow.",
        "feature_sequence": "The feature row that it rests on.",
        "features_hash": "values_hash of that row.",
    },
    "derived.passenger_impacts": {
        **DERIVED,
        "obligation_key": "UUIDv5 of passenger, journey and obligation_event.",
        "passenger_ref": "The passenger: a keyed pseudonym.",
        "journey_id": "The booking journey, by landed.passenger_events.journey_id.",
        "disruption_id": "The disruption that broke the journey.",
        "disruption_revision": "The revision of it that the facts rest on.",
        "facts": "What the law asks for: RightsFacts as JSON, without personal data.",
        "as_of": "Latest event time among the facts.",
    },
    "detected.findings": {
        "finding_id": "UUIDv5 of what was found, when, by which version, on which events.",
        "detector": "Name of the detector.",
        "detector_version": "Version of the detector.",
        "pattern": "What the detector looks for: aircraft_rotation.",
        "root_leg_id": "The leg where the delay began, by landed.flight_events.leg_id.",
        "from_leg_id": "The leg that hands the delay on.",
        "to_leg_id": "The leg that takes the delay over.",
        "status": "predicted, confirmed by what happened, or closed: taken back.",
        "knock_on_minutes": "Delay handed on, whole minutes; 0 when closed.",
        "probability": "Probability of a reactionary delay of 15 minutes or more, 0 to 1.",
        "correlation_id": "That of the root leg's events.",
        "statistics": "The reasoning in numbers, by name.",
        "code_version": "Version of our code that found it.",
        "found_at": "When the row was written, by PostgreSQL's clock.",
    },
    "detected.snapshots": {
        "reader": "The reader whose fold it is, as in logs.marks.",
        "version": "Version of the fold; another one starts over.",
        "state": "The fold's state, serialised.",
        "state_hash": "SHA-256 of the state, hexadecimal.",
        "late_events": "Events that came too late to be folded, so far.",
        "updated_at": "When the row was last written.",
    },
    "keyring.accesses": {
        "access_id": "Number of the access.",
        "subject": "Whose plaintext was asked for: passenger_ref or dead_letter_id.",
        "actor": "Who asked.",
        "purpose": "Why, in the words of who asked.",
        "granted": "Whether there was a key to open it with.",
        "accessed_at": "When it was asked for.",
    },
    "keyring.data_keys": {
        "subject_kind": "passenger or dead_letter.",
        "master_key_id": "Which master key wraps it.",
        "wrapped_key": "The data key, wrapped (AES-256-GCM); null once destroyed.",
        "created_at": "When the key was made.",
        "destroyed_at": "When the key was destroyed: the subject is erased since.",
    },
    "landed.dead_letters": {
        "log_id": "The topic of one cluster, by logs.logs.",
        "partition": "Partition of the record.",
        "offset": "Offset of the record.",
        "recorded_at": "Timestamp of the Kafka record; immutable.",
        "landed_at": "When the lander wrote the row.",
        "payload": "Value of the record, byte for byte; sealed on personal topics.",
        "error_type": "Why it could not be landed, as a word.",
    },
    "landed.external_data": {
        **RECORD,
        "kind": "weather_observed; or clock.",
        "station": "Airport of the station that observed, IATA code.",
        "observed_at": "When it was measured, UTC (METAR's observation time).",
        "temperature_c": "Air temperature, degrees Celsius.",
        "dew_point_c": "Dew point, degrees Celsius.",
        "relative_humidity_pct": "Relative humidity, per cent.",
        "wind_direction_deg": "Where the wind comes from, degrees from true north.",
        "wind_speed_kt": "Mean wind speed, knots.",
        "wind_gust_kt": "Wind speed in gusts, knots.",
        "precipitation_mm": "Precipitation in the hour, millimetres.",
        "pressure_hpa": "Pressure at sea level, hectopascals.",
        "visibility_km": "Visibility, kilometres.",
    },
    "landed.flight_events": {
        **RECORD,
        "kind": "What happened to the leg, as ASM/SSM or MVT tell it; or clock.",
        "leg_id": "The leg: UUIDv5 of its AIDX LegIdentifier.",
        "airline": "Operating airline, IATA code (AIDX Airline).",
        "flight_number": "Flight number without airline or suffix (AIDX FlightNumber).",
        "operational_suffix": "Operational suffix, one letter (AIDX OperationalSuffix).",
        "departure_airport": "Departure airport, IATA code (AIDX DepartureAirport).",
        "arrival_airport": "Scheduled arrival airport, IATA code (AIDX ArrivalAirport).",
        "origin_date": "UTC date of the flight's first departure (AIDX OriginDate).",
        "repeat_number": "Tells legs apart that are otherwise alike (AIDX RepeatNumber).",
        "operating_licence": "Who licensed the operating carrier (EU261 Art 2(c)).",
        "registration": "Registration of the aircraft, e.g. G-KNOA (AIDX Registration).",
        "sobt": "Scheduled off-block time, UTC (A-CDM SOBT; AIDX SCT/OFB).",
        "sibt": "Scheduled in-block time, UTC (A-CDM SIBT; AIDX SCT/ONB).",
        "eobt": "Estimated off-block time, UTC (A-CDM EOBT; AIDX EST/OFB).",
        "eibt": "Estimated in-block time, UTC (A-CDM EIBT; AIDX EST/ONB).",
        "aobt": "Actual off-block time, UTC (A-CDM AOBT; AIDX ACT/OFB).",
        "aibt": "Actual in-block time, UTC (A-CDM AIBT; AIDX ACT/ONB).",
        "doors_open_at": "First door opened, UTC: the arrival that EU261 counts (C-452/13).",
        "diverted_to": "Airport that the leg was diverted to, IATA code (MVT DV).",
        "delay_code": "Delay reason, two digits (AHM 730), e.g. 93: aircraft rotation.",
        "irregularity_cause": "Finer cause, in the words of passenger rights: crew_illness.",
    },
    "landed.passenger_events": {
        **RECORD,
        "kind": "What happened to the passenger's journey; or clock.",
        "passenger_ref": "The passenger: a keyed pseudonym.",
        "journey_id": "The booking journey: one direction of one booking (PNR).",
        "leg_ids": "Legs of the journey in the order flown, by flight.events' leg_id.",
        "leg_id": "The leg told of or replaced, by flight.events' leg_id.",
        "fare_type": "Kind of fare, as EU261 Art 3(3) tells them apart.",
        "passenger_type": "Adult, child or infant.",
        "informed_at": "When the passenger was told of the cancellation, UTC.",
        "offered_sobt": "SOBT of the flight offered instead, UTC.",
        "offered_sibt": "SIBT of the flight offered instead, UTC.",
        "checked_in": "Whether presented for check-in in time (EU261 Art 3(2)).",
        "booking_class": "Booking class, one letter (RBD), e.g. Y.",
    },
    "ledger.accounts": {
        "account": "Name of the account.",
        "kind": "asset, liability, expense or income.",
        "description": "What is booked there.",
    },
    "ledger.postings": {
        "transaction_id": "The transaction that the line is of.",
        "line": "Number of the line within its transaction, from 1.",
        "account": "The account that is debited or credited.",
        "amount_minor": "Minor units of the currency: debit positive, credit negative.",
        "currency": "Currency of the amount, ISO 4217.",
    },
    "ledger.transactions": {
        "sequence": "Place in the books: dense, in commit order.",
        "kind": "accrual, or reversal: takes an earlier transaction back.",
        "obligation_key": "The obligation, by derived.passenger_impacts.obligation_key.",
        "revision": "That of the assessment that led to it.",
        "passenger_ref": "The passenger: a keyed pseudonym.",
        "assessment_id": "The assessment that led to it.",
        "reverses": "The transaction that a reversal takes back.",
        "booked_at": "When it was booked, by PostgreSQL's clock.",
        "description": "What it books, in words: event, article, certainty.",
        "rulebook": "The law that the assessment applied, e.g. V-UK-2.",
        "evidence": "Inputs it rests on: log_id/partition/offset.",
        "code_version": "Version of our code that booked it.",
    },
    "logs.ends": {
        "log_id": "The log.",
        "partition": "Partition of the log; a table has 0 alone.",
        "next_offset": "Offset of the next record to be written.",
        "owner": "Who claimed the partition last.",
        "updated_at": "When the end last moved.",
    },
    "logs.logs": {
        "log_id": "Number of the log; the first part of a record's identity.",
        "kind": "kafka: a topic; table: a table of ours that is read as a log.",
        "first_seen_at": "When the log was registered.",
    },
    "logs.marks": {
        "reader": "Name of the reader: a detector or an asset.",
        "log_id": "The log that it reads.",
        "partition": "Partition of the log; a table has 0 alone.",
        "next_offset": "Offset of the next record to be read; all before it are.",
        "updated_at": "When the mark last moved.",
    },
    "outbox.entries": {
        "entry_id": "Id of the message: that of its event.",
        "topic": "Topic that it goes to.",
        "key": "Key of the record to be.",
        "headers": "Headers of the record to be.",
        "created_at": "When it was put here, by PostgreSQL's clock.",
        "sequence": "Order of publishing, given by the relay; null until then.",
    },
}

BEFORE = {
    "landed.external_data": {
        "occurred_at": "Event time: when the fact was knowable.",
    },
    "landed.flight_events": {
        "occurred_at": "Event time: when the fact was knowable.",
    },
    "landed.passenger_events": {
        "occurred_at": "Event time: when the fact was knowable.",
        "passenger_ref": "Keyed pseudonym.",
    },
}
"""What columns said that said something already."""


def upgrade() -> None:
    for table, said in COMMENTS.items():
        for column, comment in said.items():
            _comment(table, column, comment)


def downgrade() -> None:
    for table, said in COMMENTS.items():
        for column in said:
            _comment(table, column, BEFORE.get(table, {}).get(column))


def _comment(table: str, column: str, comment: str | None) -> None:
    schema, name = table.split(".")
    op.alter_column(name, column, comment=comment, schema=schema)
