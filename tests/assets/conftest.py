"""A database with a real morning in New York, landed once and copied for each test."""

from collections.abc import Iterator

import pytest

from orchestration.stack import Stack
from streaming.store.database import connect
from tests.assets.new_york import land_morning


@pytest.fixture(scope="package")
def new_york_template(stack: Stack, migrated_template: str) -> Iterator[str]:
    url = stack.create_database(template=migrated_template.rpartition("/")[2])
    with connect(url, "test", autocommit=True) as connection:
        land_morning(connection)
    yield url
    stack.drop_database(url)


@pytest.fixture
def new_york_url(stack: Stack, new_york_template: str) -> Iterator[str]:
    url = stack.create_database(template=new_york_template.rpartition("/")[2])
    yield url
    stack.drop_database(url)
