"""What is generated in docs/ is what the code says now."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_generated_pages_are_fresh() -> None:
    said = subprocess.run(
        [sys.executable, "scripts/write_docs.py", "--check"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert (said.returncode, said.stdout) == (0, "")
