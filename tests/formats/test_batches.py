"""Features on their way between processes arrive as they left."""

from __future__ import annotations

import io
import json
from typing import Any

import shapely
from hypothesis import given
from hypothesis import strategies as st

from pkzone.formats.batches import encoded, in_batches, read_batch
from pkzone.geo.convert import shapes_of
from tests.helpers import geojson_strategies as gs

CELLS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
ROWS = st.integers(0, 3).flatmap(
    lambda width: st.lists(
        st.tuples(
            st.lists(CELLS.filter(lambda one: one not in (float("inf"), -float("inf"))),
                     min_size=width, max_size=width),
            gs.GEOMETRIES | st.none(),
        ),
        max_size=5,
    )
)  # fmt: skip


@given(ROWS, st.integers(1, 6))
def test_rows_arrive_in_batches(rows: list[Any], most: int) -> None:
    data = b"".join(map(encoded, in_batches(rows, most)))
    stream = io.BytesIO(data)
    arrived, sizes = [], []
    shapes: list[Any] = []
    for line in stream:
        batch = read_batch(json.loads(line), stream)
        assert batch is not None
        arrived += [list(values) for values in batch.rows()]
        shapes += batch.shapes.tolist()
        sizes.append(len(batch))
    assert arrived == [values for values, _ in rows]
    wanted = shapes_of([geometry for _, geometry in rows])
    assert shapely.to_wkb(shapes).tolist() == shapely.to_wkb(wanted).tolist()
    assert all(size == most for size in sizes[:-1])
    assert not sizes or 0 < sizes[-1] <= most


@given(ROWS.filter(lambda rows: any(geometry for _, geometry in rows)))
def test_a_batch_that_is_cut_off_is_none(rows: list[Any]) -> None:
    (batch,) = in_batches(rows)
    stream = io.BytesIO(encoded(batch)[:-1])
    assert read_batch(json.loads(stream.readline()), stream) is None
