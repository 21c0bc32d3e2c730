"""Check GeoJSON geometries against RFC 7946: structure, range, oddities, valid polygons."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from itertools import chain, islice, pairwise
from operator import eq
from typing import Any

from pkzone.errors import (
    BadPosition,
    BadStructure,
    LineTooShort,
    OutOfRange,
    RingNotClosed,
    RingTooShort,
    SwappedCoordinates,
    TooDeep,
    printable,
)
from pkzone.geojson.model import MAX_DEPTH, Flaw, Report, described

__all__ = ["GEOMETRY_TYPES", "check_geometry", "invalid_reasons"]

_NUMBERS = {int, float}
_ARRAYS = (list, tuple)


class _Findings:
    """Oddities of one geometry, the first place of each, and the dimensions met."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.first: dict[str, str] = {}
        self.dimensions: set[int] = set()

    def add(self, code: str, message: str) -> None:
        self.first.setdefault(code, message)


def check_geometry(geometry: Any, report: Report) -> None:
    """Refuse a geometry that RFC 7946 does not allow, and note what is odd about it.

    Nothing is changed. The notices are ``empty-geometry``, ``mixed-dimensions``,
    ``repeated-vertices``, ``zero-length-line``, ``wrong-winding`` and ``antimeridian``, each at
    most once a geometry. Whether rings cross is not looked at: see `invalid_reasons`. Longitude and
    latitude that were swapped are found only where the latitude would be beyond 90 degrees:
    [39.8, 46.7] is as good a position as [46.7, 39.8].

    Parameters
    ----------
    geometry : object
        What stands where a geometry belongs; not None. Arrays may be lists or tuples.
    report : Report
        Names file and feature and takes the notices.

    Raises
    ------
    BadStructure, BadPosition, OutOfRange, SwappedCoordinates
        If members, types or numbers are wrong.
    LineTooShort, RingTooShort, RingNotClosed
        If a line or ring is not a line or ring.
    TooDeep
        If collections are nested deeper than the limit.
    """
    findings = _Findings(report)
    _check(geometry, "geometry", findings, depth=0)
    if len(findings.dimensions) > 1:
        findings.add("mixed-dimensions", "positions with and without height in one geometry")
    for code, message in findings.first.items():
        report.note(code, message)


def _check(geometry: Any, where: str, findings: _Findings, depth: int) -> None:
    report = findings.report
    if not isinstance(geometry, dict):
        raise report.wrong_type(geometry, where, "a geometry object")
    kind = geometry.get("type")
    if not isinstance(kind, str) or kind not in GEOMETRY_TYPES:
        raise report.refusal(BadStructure, _type_reason(where, geometry))
    member = GEOMETRY_TYPES[kind]
    parts = geometry.get(member)
    if member not in geometry:
        raise report.refusal(BadStructure, f'{where} is a {kind} without "{member}"')
    if not isinstance(parts, _ARRAYS):
        raise report.wrong_type(parts, f"{where}.{member}", "an array")
    if not parts:
        findings.add("empty-geometry", f"{where} is an empty {kind}")
    elif kind == "GeometryCollection":
        if depth > MAX_DEPTH // 2:
            raise report.refusal(TooDeep, "holds geometry collections nested too deep")
        for i, part in enumerate(parts):
            _check(part, f"{where}.geometries[{i}]", findings, depth + 1)
    else:
        _CHECKS[kind](parts, f"{where}.coordinates", findings)


def _type_reason(where: str, geometry: dict[str, Any]) -> str:
    if "type" not in geometry:
        return f'{where} has no "type"'
    kind = geometry["type"]
    if not isinstance(kind, str):
        return f"{where}.type is {described(kind)}, not a string"
    for known in GEOMETRY_TYPES:
        if kind.lower() == known.lower():
            return f'{where}.type is "{printable(kind)}": write it "{known}"'
    return f'{where}.type is "{printable(kind)}", no geometry type of RFC 7946'


def _check_point(position: Sequence[Any], where: str, findings: _Findings) -> None:
    _check_position(position, where, findings)


def _check_multipoint(positions: Sequence[Any], where: str, findings: _Findings) -> None:
    _check_positions(positions, where, findings)


def _check_line(line: Any, where: str, findings: _Findings) -> None:
    report = findings.report
    if not isinstance(line, _ARRAYS):
        raise report.wrong_type(line, where, "an array of positions")
    lons = _check_positions(line, where, findings)
    if len(line) < 2:
        reason = f"{where} is a line of {len(line)} positions; it needs two"
        raise report.refusal(LineTooShort, reason)
    _note_long_segments(lons, where, findings)
    start = line[0][:2]
    if line[-1][:2] == start and all(position[:2] == start for position in line):
        findings.add("zero-length-line", f"{where} is a line of no length")
    elif _repeats(line):
        findings.add("repeated-vertices", f"{where} repeats a vertex")


def _check_multiline(lines: Sequence[Any], where: str, findings: _Findings) -> None:
    for i, line in enumerate(lines):
        _check_line(line, f"{where}[{i}]", findings)


def _check_polygon(rings: Any, where: str, findings: _Findings) -> None:
    report = findings.report
    if not isinstance(rings, _ARRAYS):
        raise report.wrong_type(rings, where, "an array of rings")
    if not rings:
        raise report.refusal(RingTooShort, f"{where} is a polygon without rings")
    for i, ring in enumerate(rings):
        _check_ring(ring, f"{where}[{i}]", findings, clockwise=i > 0)


def _check_multipolygon(polygons: Sequence[Any], where: str, findings: _Findings) -> None:
    for i, rings in enumerate(polygons):
        _check_polygon(rings, f"{where}[{i}]", findings)


def _check_ring(ring: Any, where: str, findings: _Findings, *, clockwise: bool) -> None:
    report = findings.report
    if not isinstance(ring, _ARRAYS):
        raise report.wrong_type(ring, where, "an array of positions")
    lons = _check_positions(ring, where, findings)
    if len(ring) < 4:
        reason = f"{where} is a ring of {len(ring)} positions; it needs four"
        raise report.refusal(RingTooShort, reason)
    if ring[0] != ring[-1]:
        reason = f"{where} is a ring that is not closed: repeat its first position at the end"
        raise report.refusal(RingNotClosed, reason)
    _note_long_segments(lons, where, findings)
    if _repeats(ring):
        findings.add("repeated-vertices", f"{where} repeats a vertex")
    area = _twice_signed_area(ring)
    if area and (area < 0) != clockwise:
        wanted = "hole runs counter-clockwise" if clockwise else "outer ring runs clockwise"
        findings.add("wrong-winding", f"{where}: {wanted}, against RFC 7946; fmt turns it round")


def _check_positions(positions: Sequence[Any], where: str, findings: _Findings) -> Sequence[float]:
    """Return the longitudes, once all positions are sound.

    They are checked all at once; each is looked at only if something is off.
    """
    if not positions:
        return ()
    try:
        columns = list(zip(*positions, strict=True))
    except (TypeError, ValueError):
        columns = []
    if not _are_positions(columns):
        for i, position in enumerate(positions):
            _check_position(position, f"{where}[{i}]", findings)
        return [position[0] for position in positions]
    findings.dimensions.add(len(columns))
    return columns[0]


def _are_positions(columns: list[tuple[Any, ...]]) -> bool:
    if len(columns) not in (2, 3):
        return False
    lons, lats = columns[0], columns[1]
    return (
        _NUMBERS.issuperset(map(type, chain.from_iterable(columns)))
        and min(lons) >= -180
        and max(lons) <= 180
        and min(lats) >= -90
        and max(lats) <= 90
        and (len(columns) == 2 or all(map(math.isfinite, columns[2])))
    )


def _check_position(position: Any, where: str, findings: _Findings) -> None:
    """Check one position; the slow way that says what is wrong."""
    report = findings.report
    if not isinstance(position, _ARRAYS):
        if isinstance(position, Flaw):
            raise report.wrong_type(position, where, "a position")
        reason = f"{where} is {described(position)}, not a position [longitude, latitude]"
        raise report.refusal(BadPosition, reason)
    for number in position:
        if isinstance(number, Flaw):
            raise report.wrong_type(number, where, "a number")
        if isinstance(number, bool) or not isinstance(number, int | float):
            reason = f"{where} holds {described(number)} where a number belongs"
            raise report.refusal(BadPosition, reason)
    if not 2 <= len(position) <= 3:
        reason = f"{where} is a position of {len(position)} numbers; two or three belong there"
        raise report.refusal(BadPosition, reason)
    findings.dimensions.add(len(position))
    _check_range(position, where, report)


def _check_range(position: Sequence[float], where: str, report: Report) -> None:
    lon, lat = position[:2]
    if not all(map(math.isfinite, position)):
        raise report.refusal(OutOfRange, f"{where} holds a number that is not finite")
    if abs(lon) <= 180 and abs(lat) <= 90:
        return
    kind: type[OutOfRange] = OutOfRange
    reason = f"{where} = [{lon:.9g}, {lat:.9g}] is beyond 180 or 90 degrees"
    if abs(lon) <= 90 < abs(lat) <= 180:
        kind = SwappedCoordinates
        reason += ": it looks swapped; longitude comes first"
    elif max(abs(lon), abs(lat)) > 1000:
        reason += ": it looks projected; convert it to longitude and latitude (EPSG:4326)"
    raise report.refusal(kind, reason)


def _note_long_segments(lons: Sequence[float], where: str, findings: _Findings) -> None:
    if max(lons) - min(lons) > 180 and any(abs(b - a) > 180 for a, b in pairwise(lons)):
        findings.add(
            "antimeridian",
            f"{where} has a segment of more than 180 degrees of longitude; it is taken as drawn, "
            "not across the antimeridian",
        )


def _repeats(positions: Sequence[Any]) -> bool:
    return any(map(eq, positions, islice(positions, 1, None)))


def _twice_signed_area(ring: Sequence[Sequence[float]]) -> float:
    """Return the shoelace sum about the first vertex, so that small rings keep their digits."""
    lon0, lat0 = ring[0][:2]
    xs = [position[0] - lon0 for position in ring]
    ys = [position[1] - lat0 for position in ring]
    return sum(x1 * y2 - x2 * y1 for x1, y1, x2, y2 in zip(xs, ys, xs[1:], ys[1:], strict=False))


_CHECKS: dict[str, Callable[[Sequence[Any], str, _Findings], None]] = {
    "Point": _check_point,
    "MultiPoint": _check_multipoint,
    "LineString": _check_line,
    "MultiLineString": _check_multiline,
    "Polygon": _check_polygon,
    "MultiPolygon": _check_multipolygon,
}
GEOMETRY_TYPES = dict.fromkeys(_CHECKS, "coordinates") | {"GeometryCollection": "geometries"}
"""The seven types of RFC 7946, and the member that holds the shape of each."""


def invalid_reasons(geometries: Sequence[dict[str, Any] | None]) -> dict[int, str]:
    """Return why geometries are not valid, by their index; valid ones are left out.

    Parameters
    ----------
    geometries : sequence of dict or None
        GeoJSON geometries of the right structure.

    Returns
    -------
    dict of int to str
        GEOS's reason and place, ``Self-intersection [46.5 39.7]``. Only geometries that hold
        polygons are judged; shapely is imported if there is one.
    """
    chosen = [i for i, geometry in enumerate(geometries) if geometry and _has_area(geometry)]
    if not chosen:
        return {}
    import shapely

    shapes = shapely.from_geojson([json.dumps(geometries[i]) for i in chosen])
    return {
        i: str(shapely.is_valid_reason(shape)).replace("[", " [")
        for i, shape, valid in zip(chosen, shapes, shapely.is_valid(shapes), strict=True)
        if not valid
    }


def _has_area(geometry: dict[str, Any]) -> bool:
    if geometry["type"] == "GeometryCollection":
        return any(map(_has_area, geometry["geometries"]))
    return geometry["type"] in ("Polygon", "MultiPolygon")
