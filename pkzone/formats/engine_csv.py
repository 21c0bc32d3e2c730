"""Read and write CSV with columns of longitude and latitude, or of WKT."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pkzone.errors import FormatError, did_you_mean, printable
from pkzone.formats.batches import Batch, Opened, Row, in_batches
from pkzone.formats.registry import LAT_COLUMNS, LON_COLUMNS, MEASURES_LOST, WKT_COLUMNS
from pkzone.text_layout import defused

__all__ = ["count", "layer_names", "open_layer", "restored", "write_table"]

_HEIGHT = ("height", "elevation", "ele", "z")
_MAX_CELL = 16 * 1024**2
# What `pkzone.text_layout.defused` made.
_MARKED = re.compile(r"'+[=+\-@\t\r\n]")
_NUMBER = re.compile(r"[+-]?(\d++\.?\d*+|\.\d++)([eE][+-]?\d++)?\Z", re.ASCII)


def layer_names(source: dict[str, Any], job: dict[str, Any]) -> list[str]:
    """Return the one layer of a file."""
    return ["csv"]


@contextmanager
def open_layer(source: dict[str, Any], name: str, job: dict[str, Any]) -> Iterator[Opened]:
    """Open the file for reading."""
    csv.field_size_limit(_MAX_CELL)
    text = _text(Path(source["path"]), job["encoding"])
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    heads = [restored(head)[0] for head in next(_lines(lines), [])]
    places = _coordinate_columns(heads, job)
    rest = [i for i in range(len(heads)) if i not in places.values()]
    twice = {heads[i] for i in rest if heads.count(heads[i]) > 1}
    if twice:
        raise FormatError("", f"has the column {printable(min(twice))} twice; rename one")
    marked: set[int] = set()
    measured: list[str] = []
    numbers: list[int] = []
    rows = list(_rows(lines, heads, rest, places, marked, measured, numbers))
    # A cell that was marked is text, even if it looks like a number.
    fields = [(heads[i], "text" if n in marked else "untyped") for n, i in enumerate(rest)]
    geometry = "WKT" if "wkt" in places else "Point"
    opened = Opened(
        fields, None, in_batches(rows), geometry=geometry, count=len(rows), lines=numbers
    )
    if measured:
        opened.notices.append(f"{MEASURES_LOST}: {len(measured)} (first in {measured[0]})")
    if marked:
        names = printable(", ".join(opened.fields[i][0] for i in sorted(marked)), limit=200)
        opened.notices.append(
            "an apostrophe that keeps a spreadsheet from running a cell as a formula is taken "
            f"off in {names}"
        )
    yield opened


def write_table(table: dict[str, Any], batches: Iterable[Batch], job: dict[str, Any]) -> None:
    """Write the file: UTF-8, commas, CRLF (RFC 4180)."""
    with Path(table["path"]).open("x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        names = [defused(name) for name, _ in table["fields"]]
        writer.writerow([*names, *table["coordinates"]])
        for batch in batches:
            places = _coordinate_cells(batch, table["coordinates"])
            for values, place in zip(batch.rows(), places, strict=True):
                writer.writerow([_cell(value) for value in values] + place)


def count(table: dict[str, Any]) -> int:
    """Return how many lines with features the file holds."""
    csv.field_size_limit(_MAX_CELL)
    with Path(table["path"]).open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def _text(path: Path, encoding: str | None) -> str:
    try:
        return path.read_bytes().decode(encoding or "utf-8-sig").removeprefix("\ufeff")
    except LookupError:
        raise FormatError("", f"--encoding is not known: {encoding}") from None
    except UnicodeDecodeError as error:
        reason = f"byte {error.start} is not {encoding or 'UTF-8'}; state what it is, --encoding"
        raise FormatError("", reason) from None


def _delimiter(text: str) -> str:
    """Return the mark that the first line has most of."""
    first = text.split("\n", 1)[0]
    return max(",;\t", key=lambda mark: first.count(mark))


def _lines(reader: Any) -> Iterator[list[str]]:
    """Yield the lines that hold something, with the reader's complaints in our words."""
    while True:
        try:
            line = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FormatError("", f"line {reader.line_num} is not CSV: {error}") from None
        if line:
            yield line


def _coordinate_columns(heads: list[str], job: dict[str, Any]) -> dict[str, int]:
    lowered = [head.strip().lower() for head in heads]
    if job["lon"] or job["lat"]:
        if not (job["lon"] and job["lat"]):
            raise FormatError("", "needs both --lon and --lat, or neither")
        for name in (job["lon"], job["lat"]):
            if name not in heads:
                listed = printable(", ".join(heads), limit=200)
                hint = did_you_mean(name, heads)
                raise FormatError("", f"has no column {printable(name)}; {hint}it has: {listed}")
        places = {"lon": heads.index(job["lon"]), "lat": heads.index(job["lat"])}
    else:
        places = {}
        for part, names in (
            ("lon", LON_COLUMNS),
            ("lat", LAT_COLUMNS),
            ("height", _HEIGHT),
            ("wkt", WKT_COLUMNS),
        ):
            matches = [lowered.index(name) for name in names if name in lowered]
            if matches:
                places[part] = matches[0]
        if "lon" in places and "lat" in places:
            places.pop("wkt", None)
        elif "wkt" in places:
            places = {"wkt": places["wkt"]}
        else:
            listed = printable(", ".join(heads), limit=200)
            reason = f"has no columns of coordinates; name them with --lon and --lat: {listed}"
            raise FormatError("", reason)
    if places.get("lon") == places.get("lat") != None:  # noqa: E711
        raise FormatError("", "--lon and --lat name the same column")
    return places


def _rows(
    lines: Any,
    heads: list[str],
    rest: list[int],
    places: dict[str, int],
    marked: set[int],
    measured: list[str],
    numbers: list[int],
) -> Iterator[Row]:
    for cells in _lines(lines):
        numbers.append(lines.line_num)
        where = f"line {lines.line_num}"
        if len(cells) != len(heads):
            reason = f"{where} has {len(cells)} cells, the head has {len(heads)}"
            raise FormatError("", f"{reason}; check quotes and commas")
        values: list[Any] = []
        for place, i in enumerate(rest):
            value, changed = restored(cells[i])
            if changed:
                marked.add(place)
            values.append(value or None)
        yield values, _geometry(cells, places, where, measured)


def _geometry(
    cells: list[str], places: dict[str, int], where: str, measured: list[str]
) -> dict[str, Any] | None:
    if "wkt" in places:
        return _from_wkt(cells[places["wkt"]].strip(), where, measured)
    texts = {part: cells[place].strip() for part, place in places.items()}
    if not texts["lon"] and not texts["lat"]:
        return None
    position = [_number(texts["lon"], "longitude", where), _number(texts["lat"], "latitude", where)]
    if texts.get("height"):
        position.append(_number(texts["height"], "height", where))
    return {"type": "Point", "coordinates": position}


def _number(text: str, what: str, where: str) -> float:
    if not _NUMBER.match(text):
        reason = f"{where}: {printable(text, 30) or 'an empty cell'} is no {what} in degrees"
        if re.fullmatch(r"[+-]?\d+,\d+", text):
            reason += "; write it with a point"
        raise FormatError("", reason)
    return float(text)


def _from_wkt(text: str, where: str, measured: list[str]) -> dict[str, Any] | None:
    if not text:
        return None
    import shapely  # late: points need none of it

    from pkzone.geo.convert import geojson_of

    try:
        found = shapely.from_wkt(text)
    except shapely.errors.GEOSException:
        raise FormatError("", f"{where}: its geometry is not WKT") from None
    if found.geom_type == "LinearRing" and not found.is_empty:
        raise FormatError("", f"{where}: a LINEARRING is not a geometry of GeoJSON")
    if shapely.has_m(found):
        measured.append(where)
    return geojson_of(found)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    return defused(value) if isinstance(value, str) else repr(value)


def _coordinate_cells(batch: Batch, columns: list[str]) -> Iterator[list[str]]:
    """Yield the cells of each place: as WKT, or its longitude, latitude and perhaps height."""
    import shapely  # late: who reads points needs none of it

    for shape in batch.shapes:
        if shape is None:
            yield [""] * len(columns)
        elif columns == ["wkt"]:
            yield [shapely.to_wkt(shape, rounding_precision=-1)]
        else:
            numbers = [repr(number).removesuffix(".0") for number in shape.coords[0]]
            yield numbers + [""] * (len(columns) - len(numbers))


def restored(cell: str) -> tuple[str, bool]:
    """Return the text that a cell was made from, and whether an apostrophe was taken off.

    >>> restored("'=1+1"), restored("it's")
    (('=1+1', True), ("it's", False))
    """
    return (cell[1:], True) if _MARKED.match(cell) else (cell, False)
