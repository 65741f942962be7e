"""What all tests share: one real stack (PostgreSQL, Kafka, registry) per session.

`make test` runs three processes with engines of their own: one for what comes from Kafka, one for
what is made of it, one for how all is put together. They wait much of the time, and compute the
laws of the domain at the end.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.stack import Stack, start
from orchestration.stack.plan import ENGINES
from streaming.store.migration import migrate

TESTS = Path(__file__).parent
DOMAIN = TESTS / "domain"
GROUPS = {
    "streaming": "what comes from Kafka",
    **dict.fromkeys(("orchestration", "stack", "torture"), "how it is put together"),
}
"""Where the tests of a folder run; what is not named runs with what is made of records."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say what has to stay together: fixtures of a module are made once, the engines too."""
    for item in items:
        if item.path.is_relative_to(DOMAIN):
            group = str(item.path)
        else:
            group = GROUPS.get(item.path.relative_to(TESTS).parts[0], "what is made of it")
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The engines, started once and shared; bring your own database and topic names.

    `stack.settings` has the addresses; `stack.create_database()` gives a database of your own.
    Whoever stops or kills a component starts it again (`stack.restart`, `wait_until_healthy`).
    """
    directory = Path(tempfile.mkdtemp(prefix="knockon-test-"))
    try:
        with start(directory, ENGINES) as running:
            yield running
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def database_url(stack: Stack) -> Iterator[str]:
    """An empty database of this test alone; the URL is the owner's."""
    url = stack.create_database()
    yield url
    stack.drop_database(url)


@pytest.fixture(scope="session")
def migrated_template(stack: Stack) -> Iterator[str]:
    """A migrated database to copy from: a copy takes a tenth of a migration."""
    url = stack.create_database()
    migrate(url)
    yield url
    stack.drop_database(url)


@pytest.fixture
def migrated_url(stack: Stack, migrated_template: str) -> Iterator[str]:
    """A migrated, empty database of this test alone; the URL is the owner's."""
    url = stack.create_database(template=migrated_template.rpartition("/")[2])
    yield url
    stack.drop_database(url)
