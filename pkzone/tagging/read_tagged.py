"""Read tagged tables back: values, places, dates and answers of their records."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date as calendar_day
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.errors import BadOption, ColumnError, FormatError, printable
from pkzone.tagging.inputs import Inputs
from pkzone.tagging.options import Chosen, choose
from pkzone.tagging.summary import Tagged
from pkzone.tagging.times import UTC_ZONE

if TYPE_CHECKING:
    from pkzone.tagging.tables import Piece, Table

__all__ = ["ANSWERS", "Column", "Rows", "TaggedTable", "open_tagged"]

#: What an answer can be, in the order of reports.
ANSWERS: Final = ("inside", "outside", "uncertain", "partly")
NO_ANSWER: Final = len(ANSWERS)
_DAY: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00:00(?:\.0+)?)?")
_REMEDY: Final = "give a table that pkzone tag wrote: pkzone tag TABLE -o tagged.csv"

Codes = npt.NDArray[np.intp]
Days = npt.NDArray[np.datetime64]


@dataclass
class Column:
    """Cells as numbers of their distinct values, plain JSON types, in the order of first use."""

    values: list[Any] = field(default_factory=list)
    codes: list[Codes] = field(default_factory=list)
    _index: dict[str | bytes, int] = field(default_factory=dict)

    def add(self, values: Sequence[Any], codes: Codes) -> None:
        """Add cells: numbers of other values, -1 for none."""
        none = self.place(None) if (codes < 0).any() else -1
        places = np.array([*map(self.place, values), none], np.intp)
        self.codes.append(places[codes])

    def place(self, value: Any) -> int:
        """Return the number of a value, the next one if it is new."""
        place = self._index.setdefault(_key(value), len(self.values))
        if place == len(self.values):
            self.values.append(value)
        return place


@dataclass(frozen=True)
class Rows:
    """Rows of a tagged table."""

    _table: TaggedTable
    _piece: Piece

    @property
    def count(self) -> int:
        """How many they are."""
        return self._piece.rows

    @property
    def first(self) -> int:
        """How many come before."""
        return self._piece.first

    def coded(self, name: str) -> tuple[list[Any], Codes]:
        """Return a column as plain JSON values, and the number of its value for each row."""
        column = self._piece.columns([name])[name]
        if hasattr(column, "dictionary_encode"):
            return _coded_arrow(column, self._table.label)
        return _coded_cells(column.astype(object).where(column.notna(), None).tolist())

    def days(self) -> Days:
        """Return the civil dates of the records; NaT for none."""
        table = self._table
        values, codes = self.coded(table.date)
        days = [self._day(value, number, codes) for number, value in enumerate(values)]
        found: Days = np.array([*days, "NaT"], "datetime64[D]")[codes]
        return found

    def _day(self, value: Any, number: int, codes: Codes) -> np.datetime64:
        if value is None or value == "":
            return np.datetime64("NaT", "D")
        match = _DAY.fullmatch(value) if isinstance(value, str) else None
        try:
            return np.datetime64(calendar_day.fromisoformat(match[1] if match else ""), "D")
        except ValueError:
            row = self.first + int(np.flatnonzero(codes == number)[0]) + 1
            reason = (
                f"row {row:,}: {printable(str(value))} in {printable(self._table.date)} is not a "
                "date YYYY-MM-DD; tag the table anew"
            )
            raise ColumnError(self._table.label, reason) from None

    def answers(self) -> npt.NDArray[np.uint8]:
        """Return what was answered: the number in `ANSWERS`, and one more for none."""
        values, codes = self.coded(self._table.answer)
        known = [ANSWERS.index(one) if one in ANSWERS else NO_ANSWER for one in values]
        found: npt.NDArray[np.uint8] = np.array([*known, NO_ANSWER], np.uint8)[codes]
        return found

    def points(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """Return longitude and latitude in degrees, and whether each is one of a line or area.

        NaN where a record has no place. Of a line or area the place is a point on it.
        """
        places = self._table.inputs.places(self._piece)
        if places.lon is not None and places.lat is not None:
            at, is_shape = np.column_stack((places.lon, places.lat)), np.zeros(self.count, bool)
        else:
            spots = shapely.point_on_surface(places.shapes)
            at = np.column_stack((shapely.get_x(spots), shapely.get_y(spots)))
            is_shape = shapely.get_dimensions(places.shapes) > 0
        at[(places.problems > 0) | ~np.isfinite(at).all(axis=1)] = np.nan
        return at, is_shape


@dataclass(frozen=True)
class TaggedTable:
    """Tagged table that is open for reading.

    Attributes
    ----------
    table : Table
        Its rows.
    title : str
        What people call it.
    names : tuple of str
        Its columns, without the geometry.
    layer : str
        The layer whose answers count.
    prefix : str
        What the names of the columns that were added begin with.
    inputs : Inputs
        How the places of its records are read.
    """

    table: Table
    title: str
    names: tuple[str, ...]
    layer: str
    prefix: str
    inputs: Inputs

    @property
    def label(self) -> str:
        """What messages call it."""
        return self.table.label

    @property
    def date(self) -> str:
        """Name of the column of civil dates."""
        return f"{self.prefix}tag_date"

    @property
    def answer(self) -> str:
        """Name of the column of the answers that count."""
        return f"{self.prefix}{self.layer}_answer"

    @property
    def version(self) -> str:
        """Name of the column of the versions that gave them."""
        return f"{self.prefix}{self.layer}_version"

    def pieces(self) -> Iterator[Rows]:
        """Yield its rows in pieces, in their order."""
        return (Rows(self, piece) for piece in self.table.pieces())


@contextmanager
def open_tagged(
    table: Any,
    layers: Sequence[str] = (),
    *,
    lon: str | None = None,
    lat: str | None = None,
    places: bool = True,
) -> Iterator[TaggedTable]:
    """Open a table that `pkzone.tag` made.

    Parameters
    ----------
    table : str, os.PathLike, DataFrame, GeoDataFrame or Tagged
        A file, ``-`` for a CSV on standard input, a frame, or what `pkzone.tag` returned.
    layers : sequence of str, optional
        The answers of the first of these that the table has count; else the first it has.
    lon, lat : str, optional
        Columns of longitude and latitude; else the geometry, or the only ones that fit.
    places : bool, default True
        Whether the places of the records will be asked for.

    Raises
    ------
    ColumnError
        A column is missing, of a wrong type, or cannot be told from others.
    FormatError, GeoJSONError
        The file is refused, damaged, too large or of a form that is not known.
    BadOption
        It is not one of these.
    """
    if isinstance(table, Tagged):
        table = table.path if table.frame is None else table.frame
    if "pandas" in sys.modules and isinstance(table, sys.modules["pandas"].DataFrame):
        from pkzone.tagging.tables import FrameTable

        frame = table.rename(columns=str)
        frame = frame.loc[:, ~frame.columns.duplicated(keep="last")]
        yield _tagged(FrameTable(frame), "", layers, lon, lat, places)
        return
    if not isinstance(table, str | os.PathLike):
        raise BadOption("what is tagged is neither a file nor a frame of pandas or geopandas")
    from pkzone.tagging.tables import open_table

    with open_table(os.fspath(table)) as opened:
        title = "stdin" if opened.label == "<stdin>" else PurePath(opened.label).name
        yield _tagged(opened, title, layers, lon, lat, places)


def _tagged(
    table: Table, title: str, layers: Sequence[str], lon: str | None, lat: str | None, places: bool
) -> TaggedTable:
    names = [one for one in table.names if one != table.geometry]
    layer, prefix = _told(names, table.label, layers)
    chosen = Chosen(None, None, None)  # nothing, if places will not be asked for
    if places:
        chosen = choose(
            names,
            {"lon": lon, "lat": lat},
            label=table.label,
            geometry=table.geometry is not None,
            dated=True,
        )
    inputs = Inputs(chosen, UTC_ZONE, points=table.points)
    return TaggedTable(table, title, tuple(names), layer, prefix, inputs)


def _coded_arrow(column: Any, label: str) -> tuple[list[Any], Codes]:
    import pyarrow as pa

    from pkzone.tagging.columns import plain

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_temporal(column.type) and not pa.types.is_date(column.type):
        column = column.cast(pa.string())  # finer than Python's times may be
    if pa.types.is_nested(column.type):
        return _coded_cells(column.to_pylist())
    encoded = column.dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    try:
        values = encoded.dictionary.to_pylist()
    except UnicodeDecodeError:
        raise FormatError(label, "is not UTF-8; save the file as UTF-8") from None
    return list(map(plain, values)), codes.astype(np.intp)


def _coded_cells(cells: Sequence[Any]) -> tuple[list[Any], Codes]:
    """Return the distinct values of some cells, plain JSON types, and the number of each one's."""
    from pkzone.tagging.columns import plain

    column = Column()
    codes = [column.place(cell if type(cell) is str else plain(cell)) for cell in cells]
    return column.values, np.array(codes, np.intp)


def _told(names: Sequence[str], label: str, layers: Sequence[str]) -> tuple[str, str]:
    """Return the layer whose answers count, and what the names of added columns begin with."""
    prefix = _prefix(names, label)
    tagged = [
        one.removesuffix("_answer").removeprefix(prefix)
        for one in names
        if one.startswith(prefix)
        and one.endswith("_answer")
        and f"{one.removesuffix('_answer')}_version" in names
    ]
    if not tagged:
        reason = (
            "has no column LAYER_answer with what is inside or outside; tag it by a layer of "
            "areas: pkzone tag TABLE --layer zone -o tagged.csv"
        )
        raise ColumnError(label, reason)
    return next((one for one in layers if one in tagged), tagged[0]), prefix


def _prefix(names: Sequence[str], label: str) -> str:
    """Return what the names of the added columns begin with."""
    dated = [one.removesuffix("tag_date") for one in names if one.endswith("tag_date")]
    if "" in dated:
        return ""
    if len(dated) == 1:
        return dated[0]
    if not dated:
        raise ColumnError(label, f"has no column tag_date; {_REMEDY}")
    several = printable(", ".join(f"{one}tag_date" for one in dated))
    raise ColumnError(label, f"has several columns of dates, {several}; leave one in")


def _key(value: Any) -> str | bytes:
    """Return equal keys for equal JSON values only; unlike ``==`` it tells 1 from true."""
    return value if type(value) is str else repr(value).encode("utf-8", "surrogatepass")
