"""A client that nobody has any more does not end the process."""

import subprocess
import sys

LEFT = """
import gc, time
from streaming.broker.client import Admin
from streaming.cluster import Cluster

def leave():
    admin = Admin(Cluster("127.0.0.1:1"), "test")
    asked = admin.ask().describe_cluster(request_timeout=0.5)
    knot = [admin]
    knot.append(knot)  # as an error and the frames that it came through
    asked.add_done_callback(lambda answer: [[number] for number in range(100)])

gc.disable()
leave()
gc.set_threshold(1, 1, 1)
gc.enable()  # whoever makes an object collects now: the client's own thread, with its answer
time.sleep(1.5)
Admin(Cluster("127.0.0.1:1"), "another")
"""


def test_an_answer_that_comes_after_its_asker_has_left() -> None:
    done = subprocess.run([sys.executable, "-c", LEFT], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
