"""The schedule of the training asks for a day that has flights before it, or says why not."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from assets.forecasting import MODEL_KEY, TRAINING_DAYS
from orchestration.forecast_jobs import monthly_retraining
from streaming.sources.errors import SourceError

FIRST_OF_MONTH = datetime(2025, 6, 1, 8, tzinfo=UTC)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp() as made:
        yield made


def tick(instance: dg.DagsterInstance) -> dg.RunRequest | dg.SkipReason:
    context = dg.build_schedule_context(instance, scheduled_execution_time=FIRST_OF_MONTH)
    answer = monthly_retraining(context)
    assert isinstance(answer, dg.RunRequest | dg.SkipReason)
    return answer


def trained(instance: dg.DagsterInstance, day: str) -> None:
    instance.report_runless_asset_event(dg.AssetMaterialization(MODEL_KEY, partition=day))


def test_the_replayed_year_is_trained_on_once_to_its_end(instance: dg.DagsterInstance) -> None:
    """The real files, which end with 2013."""
    trained(instance, "2013-07-01")
    asked = tick(instance)
    assert isinstance(asked, dg.RunRequest)
    assert asked.partition_key == "2014-01-01"
    assert TRAINING_DAYS.has_partition_key("2014-01-01")
    trained(instance, "2014-01-01")
    answer = tick(instance)
    assert isinstance(answer, dg.SkipReason)
    assert "ends with 2013-12-31" in str(answer.skip_message)


@pytest.mark.parametrize("last", [date(2025, 5, 31), date(2025, 6, 1)])
def test_a_living_source_is_trained_on_up_to_today(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, last: date
) -> None:
    monkeypatch.setattr("orchestration.forecast_jobs.last_day", lambda: last)
    trained(instance, "2025-05-01")
    asked = tick(instance)
    assert isinstance(asked, dg.RunRequest)
    assert asked.partition_key == "2025-06-01"


def test_today_is_a_day_to_train_for() -> None:
    today = datetime.now(ZoneInfo(TRAINING_DAYS.timezone)).date()
    assert TRAINING_DAYS.get_last_partition_key() == today.isoformat()


def test_a_source_without_flights_is_said_to_be_one(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing() -> date:
        raise SourceError("flights.csv has a header and no flight")

    monkeypatch.setattr("orchestration.forecast_jobs.last_day", nothing)
    answer = tick(instance)
    assert isinstance(answer, dg.SkipReason)
    assert "a header and no flight" in str(answer.skip_message)
