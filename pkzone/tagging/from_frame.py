"""Tag frames of pandas and geopandas: class, index, columns and attrs stay, columns are added."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from pkzone.errors import CannotTag
from pkzone.tagging.answers import Answers, Records
from pkzone.tagging.columns import Coded
from pkzone.tagging.inputs import Cells, Inputs
from pkzone.tagging.options import Plan
from pkzone.tagging.parallel import WORKERS, ordered_map
from pkzone.tagging.summary import Tally

__all__ = [
    "FrameTagger",
    "frame_tagger",
    "geometry_of",
    "has_geometry",
    "holds_points",
    "series_of",
]

BATCH_ROWS = 65_536


@dataclass(frozen=True)
class FrameTagger:
    """Tags frames of one form, such as the partitions of a larger one; it can be pickled.

    Attributes
    ----------
    records : Records
        How records become columns.
    inputs : Inputs
        How its columns are read.
    workers : int
        Threads.
    wkb : tuple of str and object or None
        The column of geometries and their coordinate system, of a frame of pandas.
    comma : bool
        Whether numbers in text may have a comma for a point.
    """

    records: Records
    inputs: Inputs
    workers: int = 1
    wkb: tuple[str, Any] | None = None
    comma: bool = False

    def tagged(
        self, frame: Any, progress: Callable[[int, int | None], None] | None = None
    ) -> tuple[Any, Tally]:
        """Return a copy of a frame with the columns that are made, and their counts."""
        tally, parts = Tally(), []
        pieces: Iterator[tuple[int, Any]] = (
            (i, frame.iloc[i : i + BATCH_ROWS]) for i in range(0, len(frame) or 1, BATCH_ROWS)
        )
        for answers in ordered_map(self._answers, pieces, self.workers):
            tally.add(answers.tally)
            parts.append(answers.columns)
            if progress is not None:
                progress(tally.rows, len(frame))
        made = {
            name: pd.concat([series_of(part[name]) for part in parts], ignore_index=True)
            for name in self.records.kinds
        }
        added = pd.DataFrame(made).set_axis(frame.index)
        found = frame.copy()
        # All at once: one by one they would leave a frame in fragments.
        joined = pd.concat([found, added], axis=1)
        if has_geometry(found):
            joined = joined.set_geometry(found._geometry_column_name)
        joined.attrs = found.attrs
        return joined, tally

    def _answers(self, piece: tuple[int, Any]) -> Answers:
        first, frame = piece
        cells = Cells(
            len(frame),
            frame.__getitem__,
            self.records.label,
            lambda: self._shapes(frame),
            self.comma,
        )
        return self.records.answers(
            self.inputs.days(cells),
            self.inputs.places(cells),
            first,
            lambda problem, row: self.inputs.example(cells, problem, row),
        )

    def _shapes(self, frame: Any) -> Any:
        return (
            geometry_of(frame)
            if self.wkb is None
            else shapes_of_wkb(frame[self.wkb[0]], self.wkb[1])
        )


def frame_tagger(
    frame: Any,
    plan: Plan,
    *,
    workers: int = WORKERS,
    wkb: tuple[str, Any] | None = None,
    points: bool | None = None,
    comma: bool = False,
) -> FrameTagger:
    """Return a tagger of a frame, and of others of the same columns and types.

    ``wkb`` names a column of geometries and their coordinate system, where the frame is not one
    of geopandas, and ``points`` says whether all of them are points; ``comma`` is that of text
    whose numbers may have a comma for a point.

    Raises
    ------
    ColumnError, CannotTag
        As for `tag`.
    """
    label = "the frame"
    names = list(frame.columns)
    chosen = plan.choose(names, label=label, geometry=has_geometry(frame) or wkb is not None)
    by_geometry = chosen.lon is None and chosen.wkt is None
    if by_geometry and points is None:
        points = holds_points(frame)
    points = chosen.wkt is None and not (by_geometry and not points)
    records = Records.of(plan, names, label=label, shares=not points, periods=chosen.has_periods)
    inputs = Inputs.of(plan, chosen, records.tagger, points=points, label=label)
    return FrameTagger(records, inputs, workers, wkb, comma)


def shapes_of_wkb(column: Any, crs: Any) -> Any:
    """Return a pandas Series of WKB as geometries in longitude and latitude."""
    import geopandas as gpd

    shapes = shapely.from_wkb(column.to_numpy(dtype=object, na_value=None))
    return geometry_of(gpd.GeoDataFrame(geometry=shapes, crs=crs))


def geometry_of(frame: Any) -> Any:
    """Return the geometries of a GeoDataFrame in longitude and latitude."""
    geometry = frame.geometry
    if geometry.crs is not None and not geometry.crs.equals("OGC:CRS84", ignore_axis_order=True):
        geometry = geometry.to_crs("OGC:CRS84")
    return geometry.to_numpy()


def has_geometry(frame: Any) -> bool:
    """Return whether a frame is one of geopandas with a geometry in use."""
    return getattr(frame, "_geometry_column_name", "") in list(frame.columns)


def holds_points(frame: Any) -> bool:
    """Return whether all geometries of a GeoDataFrame are points."""
    return bool(frame.geom_type.dropna().eq("Point").all())


def series_of(values: Any) -> Any:
    """Return a column that was made as a pandas Series."""
    if isinstance(values, Coded):
        if not values.values:
            return pd.Series([None] * len(values.codes), dtype="string")
        return pd.Series(pd.Categorical.from_codes(values.codes, _unique(values.values))).astype(
            "string"
        )
    if values.dtype == np.int8:
        return pd.Series(np.where(values < 0, None, values == 1), dtype="boolean")
    return pd.Series(values)


def _unique(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) < len(values):
        raise CannotTag("a layer has two features or versions of one name")
    return values
