"""Live findings equal batch findings, by hash, where the batch is another process; and what was
booked for late records comes out again."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping

from orchestration.verify.verdict import Verdict

TIMEOUT_SECONDS = 300
HASHES = ("booked_hash", "folded_hash", "stored_hash")


def live_equals_batch(environment: Mapping[str, str], seeds: tuple[int, ...] = (1, 2)) -> Verdict:
    """Refold the landed log in fresh processes, each cut and interleaved by another seed.

    `environment` are the settings that the process needs (database and role secret).
    """
    checked = 0
    broken: list[str] = []
    for seed in seeds:
        done = subprocess.run(
            [sys.executable, "-m", "streaming.detect.refold", "--seed", str(seed)],
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            env={**os.environ, **environment},
            check=False,
        )
        if not done.stdout.strip():
            broken.append(f"the refold with seed {seed} failed: {done.stderr.strip()[-300:]}")
            continue
        answer = json.loads(done.stdout)
        checked += answer["batch"]
        if restated := answer["restated"]:
            checked += 1
        if restated and len({restated[which] for which in HASHES}) > 1:
            told = ", ".join(f"{which} {restated[which][:12]}" for which in HASHES)
            broken.append(f"seed {seed}: restatement {restated['restatement_id']}: {told}")
        elif not answer["equal"]:
            broken.append(
                f"seed {seed}: live {answer['live']} findings {answer['live_hash'][:12]},"
                f" batch {answer['batch']} findings {answer['batch_hash'][:12]}"
            )
    return Verdict(
        "live = batch", "findings that come out the same, byte for byte", checked, broken
    )
