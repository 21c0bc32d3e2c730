"""Read the columns in use of a table: the civil dates and the places of its records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.errors import BadOption, ColumnError, FormatError, printable
from pkzone.formats.reproject import Reprojection, changes_of
from pkzone.tagging.columns import Numbers, WrongType, clocks_of, days_of, numbers_of, wkt_shapes_of
from pkzone.tagging.options import Chosen, Plan
from pkzone.tagging.times import (
    BAD_TIME,
    UTC_ZONE,
    Days,
    Flags,
    Zone,
    by_precision,
    days_at,
    up_to,
)

if TYPE_CHECKING:
    from pkzone.tagging.engine import Tagger
    from pkzone.tagging.tables import Piece, Table

__all__ = [
    "BAD_LATITUDE",
    "BAD_LONGITUDE",
    "Inputs",
    "Places",
    "projected_by",
]

T = TypeVar("T")
Codes = npt.NDArray[np.int8]
Box = tuple[float, float, float, float]


NO_PLACE, BAD_LONGITUDE, BAD_LATITUDE, BAD_GEOMETRY = 3, 4, 5, 6


@dataclass(frozen=True, slots=True)
class Places:
    """Places of records, points or geometries of any kind, with the problem of each."""

    problems: Codes
    lon: Numbers | None = None
    lat: Numbers | None = None
    shapes: Any = None


@dataclass(frozen=True)
class Inputs:
    """Read dates and places from the columns in use.

    Attributes
    ----------
    chosen : Chosen
        Which columns hold times and places.
    zone : Zone
        In which instants become civil dates.
    on : datetime64[D] or None
        The date of all records, if it is given.
    points : bool
        Whether all geometries are points, where they are used.
    crs : str or None
        The coordinate system of places in columns; None is degrees on WGS 84.
    box : tuple of float or None
        Where the layers are, in degrees: the best transformation there is taken.
    layer_notices : tuple of str
        Why distances to some layers are less precise than elsewhere.
    """

    chosen: Chosen
    zone: Zone
    on: np.datetime64 | None = None
    points: bool = True
    crs: str | None = None
    box: Box | None = None
    layer_notices: tuple[str, ...] = ()

    @classmethod
    def of(cls, plan: Plan, chosen: Chosen, tagger: Tagger, table: Table) -> Inputs:
        """Read instants by the catalogue's zone, or another that is asked for.

        Raises
        ------
        BadOption
            A coordinate system is stated for geometries that have one of their own.
        FormatError
            It is not understood.
        """
        crs = plan.options.get("crs")
        if chosen.by_geometry and table.family == "gis":
            crs = None  # its geometries are in degrees now
        if crs is not None and chosen.by_geometry:
            raise BadOption(
                "--crs is for places in columns and in GIS files; the geometries of this table "
                "have their own"
            )
        if crs is not None:
            try:
                _ = projected_by(crs, tagger.box)
            except FormatError as error:
                raise type(error)(table.label, error.reason) from None
        day = None if plan.day is None else np.datetime64(plan.day, "D")
        zone = plan.zone or Zone(tagger.time_zone)
        points = chosen.wkt is None and (not chosen.by_geometry or table.points)
        return cls(chosen, zone, day, points, crs, tagger.box, tuple(tagger.notices()))

    def notices(self) -> Iterator[str]:
        """Yield what is taken unasked, how coordinates are changed, and what is less precise."""
        yield from self.chosen.notices
        if self.crs is not None:
            yield from changes_of(projected_by(self.crs, self.box).told)
        yield from self.layer_notices

    def days(self, piece: Piece) -> Days:
        """Return on which days records were."""
        chosen = self.chosen
        if self.on is not None or chosen.time is None:
            days = np.full(piece.rows, self.on, dtype="datetime64[D]")
            return Days(days, np.zeros(piece.rows, dtype=np.int8))
        if chosen.clock is not None:
            clocks = _read(piece, chosen.clock, clocks_of)
            found = days_at(_read(piece, chosen.time, days_of, UTC_ZONE), clocks, self.zone)
        else:
            found = _read(piece, chosen.time, days_of, self.zone)
        if chosen.end is not None:
            return up_to(found, _read(piece, chosen.end, days_of, self.zone))
        if chosen.precision is not None:
            return by_precision(found, _numbers(piece, chosen.precision)[0])
        return found

    def places(self, piece: Piece) -> Places:
        """Return where records were, in degrees."""
        chosen = self.chosen
        if chosen.lon is not None and chosen.lat is not None:
            (x, no_x), (y, no_y) = _numbers(piece, chosen.lon), _numbers(piece, chosen.lat)
            if self.crs is not None:
                x, y = map(np.asarray, projected_by(self.crs, self.box).positions(x, y))
            return place_points((x, no_x), (y, no_y))
        if chosen.wkt is None:
            return place_shapes(piece.shapes(), points=self.points)
        shapes, bad = _read(piece, chosen.wkt, wkt_shapes_of)
        if self.crs is not None:
            way = projected_by(self.crs, self.box)
            shapes = shapely.transform(
                shapes, lambda at: np.column_stack(way.positions(at[:, 0], at[:, 1]))
            )
        places = place_shapes(shapes, points=False)
        places.problems[bad] = BAD_GEOMETRY
        return places

    def example(self, piece: Piece, problem: int, row: int) -> str | None:
        """Return the cells of a row that has a problem, for a message."""
        chosen = self.chosen
        names = {
            BAD_TIME: (chosen.time, chosen.clock, chosen.end),
            BAD_LONGITUDE: (chosen.lon,),
            BAD_LATITUDE: (chosen.lat,),
            BAD_GEOMETRY: (chosen.wkt,),
        }.get(problem, ())
        texts = [_text(piece, name, row) for name in names if name is not None]
        return " ".join(texts) or None


def _read(piece: Piece, name: str, read: Callable[..., T], *options: Any) -> T:
    """Return what is read of a column; one of a wrong type is a ColumnError."""
    try:
        return read(piece.columns([name])[name], *options)
    except WrongType as error:
        raise ColumnError(piece.table.label, f"column {printable(name)} {error}") from None


def _numbers(piece: Piece, name: str) -> tuple[Numbers, Flags]:
    return _read(piece, name, partial(numbers_of, comma=piece.table.comma))


def _text(piece: Piece, name: str, row: int) -> str:
    """Return a cell as a message can show it."""
    column = piece.columns([name])[name]
    if hasattr(column, "iloc"):
        return str(column.iloc[row])
    try:
        value = column[row].as_py()
    except UnicodeDecodeError:
        value = column[row].as_buffer().to_pybytes().decode("utf-8", "replace")
    return "" if value is None else str(value)


def place_points(lon: tuple[Numbers, Flags], lat: tuple[Numbers, Flags]) -> Places:
    """Return points by their numbers in degrees, NaN for what is none, and where one is missing."""
    (x, no_x), (y, no_y) = lon, lat
    return Places(_problems(no_x | no_y, x, y, x, y), x, y)


def place_shapes(shapes: Any, *, points: bool) -> Places:
    """Return geometries in degrees; ``points`` says that nothing else is among them."""
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    shapes = np.where(empty, None, shapes)
    bounds = shapely.bounds(shapes).T  # NaN where there is none
    if points:
        return Places(_problems(empty, *bounds), *bounds[:2])
    return Places(_problems(empty, *bounds), shapes=shapes)


def _problems(
    missing: Flags, west: Numbers, south: Numbers, east: Numbers, north: Numbers
) -> Codes:
    with np.errstate(invalid="ignore"):
        bad_lon = ~((west >= -180) & (east <= 180))
        bad_lat = ~((south >= -90) & (north <= 90))
    problems = np.select([missing, bad_lon, bad_lat], [NO_PLACE, BAD_LONGITUDE, BAD_LATITUDE], 0)
    return problems.astype(np.int8)


@lru_cache(maxsize=8)
def projected_by(crs: str, box: Box | None) -> Reprojection:
    """Return the way from a coordinate system to degrees, the best one in a box.

    Raises
    ------
    FormatError
        The system is not understood, or there is no way.
    """
    return Reprojection(None, crs, None, area=box)
