"""Read and pack the records of a tagged table: places, days, answers and all their columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pkzone.errors import MapTooLarge, printable
from pkzone.geojson.model import Notice
from pkzone.layers.catalogue import Catalogue
from pkzone.maps import packing, vertex_chunks
from pkzone.maps.selection import Selection
from pkzone.maps.style import RECORD_MARKS
from pkzone.tagging.read_tagged import Column, TaggedTable, open_tagged

__all__ = ["Records", "blocks_of", "read"]

_SCALE: Final = 1_000_000
_EXACT: Final = 2**53
_FILTER: Final = "filter the table, or take a sample of its rows"

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Records:
    """The records of a table that have a date and a place.

    Attributes
    ----------
    title, layer : str
        What people call the table, and the layer that the answers are about.
    total, without_date, without_place : int
        All rows, and those that are not on a map, each counted once.
    has_shapes : bool
        Whether lines or areas are among them, which stand at a point on them.
    rows, days, answers : ndarray
        Number of each record's row from 1, its civil date, the number of its answer in
        `pkzone.tagging.read_tagged.ANSWERS`, one more for none.
    degrees : ndarray of shape (n, 2)
        Longitude and latitude.
    columns : dict of str to Column
        All that the table says of them.
    notices : tuple of Notice
        What is odd about the table.
    """

    title: str
    layer: str
    total: int
    without_date: int
    without_place: int
    has_shapes: bool
    rows: Array
    days: Array
    answers: Array
    degrees: Array
    columns: dict[str, Column]
    notices: tuple[Notice, ...]

    def opening(self, selection: Selection) -> date | None:
        """Return the first stop of a map's slider whose state has records, if its own has none."""
        stops = np.array(selection.dates, "datetime64[D]")
        if len(stops) < 2 or selection.on is None:
            return None
        places = np.searchsorted(stops, self.days, side="right") - 1
        own = np.searchsorted(stops, np.datetime64(selection.on), side="right") - 1
        later = places[places >= 0]
        if not len(later) or (later == own).any():
            return None
        return selection.dates[int(later.min())]


def read(
    table: Any,
    layers: Sequence[str],
    catalogue: Catalogue,
    *,
    lon: str | None = None,
    lat: str | None = None,
) -> Records:
    """Return the records of a table that `pkzone.tag` made.

    Parameters
    ----------
    table, lon, lat
        See `pkzone.tagging.read_tagged.open_tagged`.
    layers : sequence of str
        Layers of the map: the answers of the first that was asked for count.
    catalogue : Catalogue
        Whose versions the answers should come from.

    Raises
    ------
    MapTooLarge
        There are more records than a page shows.
    ColumnError, FormatError, GeoJSONError
        See `pkzone.tagging.read_tagged.open_tagged`.
    """
    nothing = (np.empty(0, np.int64), np.empty(0, "M8[D]"), np.empty(0, np.uint8), np.empty((0, 2)))
    parts: list[tuple[Array, ...]] = [nothing]
    without_date = without_place = total = kept = 0
    has_shapes = False
    with open_tagged(table, layers, lon=lon, lat=lat) as source:
        columns = {name: Column() for name in source.names}
        for piece in source.pieces():
            days = piece.days()
            degrees, is_shape = piece.points()
            dated, placed = ~np.isnat(days), ~np.isnan(degrees[:, 0])
            is_kept = dated & placed
            total += piece.count
            without_date += int((~dated).sum())
            without_place += int((dated & ~placed).sum())
            has_shapes |= bool((is_shape & is_kept).any())
            where = np.flatnonzero(is_kept)
            kept += len(where)
            if kept > packing.MOST_RECORDS:
                raise MapTooLarge(
                    f"{printable(source.label, limit=None)}: more than {packing.MOST_RECORDS:,} "
                    f"records with a date and a place, the most that a map shows; {_FILTER}"
                )
            for name, column in columns.items():
                values, codes = piece.coded(name)
                column.add(values, codes[where])
            parts.append(
                (piece.first + where + 1, days[where], piece.answers()[where], degrees[where])
            )
    rows, days, answers, degrees = map(np.concatenate, zip(*parts, strict=True))
    return Records(
        source.title,
        source.layer,
        total,
        without_date,
        without_place,
        has_shapes,
        rows,
        days,
        answers,
        degrees,
        columns,
        tuple(_foreign_versions(source, columns, catalogue)),
    )


def _foreign_versions(
    source: TaggedTable, columns: dict[str, Column], catalogue: Catalogue
) -> list[Notice]:
    """Warn of answers that come from versions that the catalogue does not have."""
    used = {
        one
        for cell in columns[source.version].values
        if isinstance(cell, str)
        for one in cell.split(";")  # of records of several days
        if one
    }
    has = source.layer in catalogue
    known = {one.id for one in catalogue[source.layer].versions} if has else set()
    strange = sorted(used - known)
    if not strange:
        return []
    text = (
        f"was tagged by {source.layer}@{printable(strange[0])}, which the catalogue of this map "
        "does not have; what stands beside the records may not be what they were tagged by"
    )
    return [Notice("other-versions", source.label, None, text)]


def blocks_of(records: Records, catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    """Return the data blocks of a page that hold the records, by the ids of their elements.

    Returns
    -------
    dict
        ``pkzone-records`` is what `pkzone.maps.packing.deflated` returns of plain JSON types and,
        as numbers, positions and pairs of row and day, both as
        `pkzone.maps.vertex_chunks.to_bytes` writes vertices, then a byte for each answer.
        ``pkzone-columns`` has the distinct ``values`` of each column, and after it their numbers
        in as many ``bytes`` as it says, lowest bytes of all first; none where each record
        has a value of its own, in their order.

    Raises
    ------
    MapTooLarge
        The columns hold more than a page opens with.
    """
    layer = records.layer
    head = {
        "title": records.title,
        "layer": layer,
        "layer_title": catalogue[layer].title if layer in catalogue else layer,
        "count": len(records.rows),
        "without_date": records.without_date,
        "without_place": records.without_place,
        "has_shapes": records.has_shapes,
        "single": packing.SINGLE_RECORDS,
        "marks": RECORD_MARKS,
    }
    days = records.days.astype(np.int64)
    numbers = b"".join(
        (
            _pairs(np.rint(records.degrees * _SCALE)),
            _pairs(np.column_stack((records.rows, days))),
            records.answers.tobytes(),
        )
    )
    heads, codes = [], []
    for name, column in records.columns.items():
        value_numbers = np.concatenate(column.codes) if column.codes else np.empty(0, np.intp)
        is_own = len(column.values) == len(value_numbers) and bool(
            (value_numbers == np.arange(len(value_numbers))).all()
        )
        size = 0 if is_own else next(one for one in (1, 2, 4) if len(column.values) <= 256**one)
        values = [_exact_in_json(one) for one in column.values]
        heads.append({"name": name, "values": values, "bytes": size})
        if size:
            planes = value_numbers.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :size]
            codes.append(planes.T.tobytes())
    text, coded = packing.to_json({"columns": heads}), b"".join(codes)
    size, most = len(text) + len(coded), packing.MOST_BYTES
    if size > most:
        raise MapTooLarge(
            f"the columns of the records hold {size / 1e6:,.1f} MB, a page opens with "
            f"{most / 1e6:,.0f} MB at most; leave columns out, or {_FILTER}"
        )
    return {
        "pkzone-records": packing.deflated(packing.to_json(head), numbers),
        "pkzone-columns": packing.deflated(text, coded),
    }


def _pairs(pairs: Array) -> bytes:
    return vertex_chunks.to_bytes(pairs.astype(np.int32))


def _exact_in_json(value: Any) -> Any:
    """Return a value as the page can say it: it has no whole numbers of more than 53 bits."""
    is_long = isinstance(value, int) and not isinstance(value, bool) and abs(value) > _EXACT
    return str(value) if is_long else value
