"""Several threads ask the same prepared shapes: in a process of its own, which a race would end."""

from __future__ import annotations

import subprocess
import sys

import pytest

THREADS = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
import numpy as np, shapely
from pkzone.tagging.borders import ask_prepared, prepare

lon, lat = np.random.default_rng(1).uniform(-2, 2, (2, 1000))
track, barrier = shapely.LineString([(-2, 0), (2, 0.5)]), Barrier(2)
questions = {
    "contains": lambda shapes: shapely.contains_xy(shapes, lon, lat).sum(),
    "intersects": lambda shapes: ask_prepared(shapely.intersects, shapes, track).sum(),
    "dwithin": lambda shapes: shapely.dwithin(shapes, shapely.points(lon, lat), 0.1).sum(),
}

def ask(shapes):
    barrier.wait()
    return questions["QUESTION"](shapes)

with ThreadPoolExecutor(2) as pool:
    for i in range(400):
        shapes = np.array([shapely.Point(0, 0).buffer(1 + i * 1e-6, quad_segs=300)])
        prepare(shapes)
        one, other = pool.map(ask, [shapes, shapes])
        assert one == other
"""


@pytest.mark.parametrize("question", ["contains", "intersects", "dwithin"])
def test_prepared_shapes_stand_questions_from_two_threads(question: str) -> None:
    program = THREADS.replace("QUESTION", question)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
