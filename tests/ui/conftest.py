"""A whole stack with a day in it, and a browser to look at its pages.

`KNOCKON_IMAGES=docs/images make test-ui` keeps what is seen, for the README.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

KNOCKON = [sys.executable, "-c", "from orchestration.cli import main; main()"]
SIZE = {"width": 1440, "height": 900}
SECONDS = 600


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the demo said at its end; its stack is up."""
    state = tmp_path_factory.mktemp("ui") / "state"
    environment = {**os.environ, "KNOCKON_STATE_DIR": str(state)}
    stay = {**environment, "KNOCKON_STATE_DIR": str(state.with_name("state-demo"))}
    try:
        done = subprocess.run(
            [*KNOCKON, "demo", "--keep-running", "--json"],
            capture_output=True, text=True, timeout=SECONDS, env=environment,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        yield {**json.loads(done.stdout.splitlines()[-1]), "environment": stay}
    finally:
        subprocess.run([*KNOCKON, "down"], env=stay, timeout=SECONDS, check=False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, else Playwright's."""
    installed = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        # Root may not use the sandbox; the pages are our own, on loopback.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        opened = playwright.chromium.launch(executable_path=installed, args=arguments)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """An empty page; what it shows at the end of the test is kept if asked for."""
    opened = browser.new_page(viewport=SIZE)
    opened.set_default_timeout(30_000)
    yield opened
    if images := os.environ.get("KNOCKON_IMAGES"):
        name = request.node.name.removeprefix("test_").replace("_", "-")
        opened.screenshot(path=Path(images) / f"{name}.png")
    opened.close()
