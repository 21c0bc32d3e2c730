"""Write features as bytes: the one canonical form of GeoJSON on disk."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from pkzone.errors import (
    BadId,
    BadNumber,
    BadString,
    BadValue,
    CollapsedGeometry,
    DuplicateId,
    InvalidGeometry,
    TooDeep,
    printable,
)
from pkzone.files.atomic import write_bytes
from pkzone.geo.canonical import canonical_geometry
from pkzone.geojson.batches import are_arrays_at_hand
from pkzone.geojson.geometry import check_geometry, invalid_reasons
from pkzone.geojson.json_text import is_plain_json, is_too_deep
from pkzone.geojson.model import MAX_DEPTH, Feature, Report, enclosed, label_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from pkzone.geo.coordinates import Coordinates

__all__ = ["canonical_lines", "dump_line", "dumps", "rounding_flaws", "write"]

_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)
_FEW = 200  # features are written one by one in less time than numpy takes to be imported
_LEAST, _MOST = 1e-4, 1e15  # between them fractions are written without an exponent
_ENCODER_AS_IT_IS = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def dumps(
    features: Iterable[Feature],
    *,
    name: str = "<output>",
    shapes: npt.NDArray[np.object_] | None = None,
    is_sorted: bool = True,
) -> bytes:
    """Return the canonical bytes of a feature collection.

    UTF-8, one feature a line, a final newline. Features are sorted by id, compared as text by
    code point (a whole number by its digits), those without an id after them by their line.
    Keys of properties are sorted at every depth. Geometries are in the form of
    `pkzone.geo.canonical.canonical_geometry`, numbers as short as they can be without an
    exponent. The same features give the same bytes, in whatever order they come.

    Parameters
    ----------
    features : iterable of Feature
        The features; they are not changed.
    name : str, optional
        What an error calls the file.
    shapes : ndarray of shapely.Geometry or None, optional
        Geometries in place of those that they have.
    is_sorted : bool, default True
        Whether they are sorted; else they stay in the order given.

    Returns
    -------
    bytes
        The file's content.

    Raises
    ------
    BadId, DuplicateId
        If an id is neither a string nor a whole number, or occurs twice; ``1`` and ``"1"``
        count as the same.
    BadValue, BadNumber, BadString, TooDeep
        If properties are not plain JSON.
    InvalidGeometry, CollapsedGeometry
        If a geometry is not valid, or would not be after rounding.
    GeoJSONError
        If a geometry is refused on reading too.
    """
    report = Report(name)
    listed = list(features)
    ordered = _in_order(listed, report)
    if not is_sorted:
        ordered = [
            (label_of(one.id, f"features[{number}]"), one) for number, one in enumerate(listed)
        ]
        return enclosed(canonical_lines(ordered, report, shapes=shapes))
    if shapes is not None:
        places = {id(feature): place for place, feature in enumerate(listed)}
        shapes = shapes[[places[id(feature)] for _, feature in ordered]]
    lines = canonical_lines(ordered, report, shapes=shapes)
    with_id = sum(feature.id is not None for _, feature in ordered)
    lines[with_id:] = sorted(lines[with_id:])
    return enclosed(lines)


def canonical_lines(
    labelled: Sequence[tuple[str, Feature]],
    report: Report,
    coordinates: Coordinates | None = None,
    shapes: npt.NDArray[np.object_] | None = None,
) -> list[bytes]:
    """Return the lines of some features in the canonical form, in the order given.

    Parameters
    ----------
    labelled : sequence of (str, Feature)
        The features, each with what an error calls it.
    report : Report
        Makes the errors: see `dumps`.
    coordinates : Coordinates, optional
        Those of the geometries that are sound, if they were gathered already.
    shapes : ndarray of shapely.Geometry or None, optional
        See `dumps`.
    """
    if shapes is not None:
        from pkzone.geo.coordinates import Coordinates

        coordinates = Coordinates.of_shapes(shapes)
    texts = _settled_texts([feature.geometry for _, feature in labelled], coordinates)
    others = [i for i in range(len(labelled)) if i not in texts]
    left = [labelled[i] for i in others]
    if shapes is not None:
        left = [
            (label, _drawn(feature, shapes[i]))
            for i, (label, feature) in zip(others, left, strict=True)
        ]
    geometries = _canonical_geometries(left, report)
    for i, geometry in zip(others, geometries, strict=True):
        texts[i] = b"null" if geometry is None else _geometry_text(geometry).encode()
    lines = []
    for i, (label, feature) in enumerate(labelled):
        report.feature = label
        lines.append(_plain_line(feature, texts[i]) or _line(feature, texts[i], report))
    return lines


def _drawn(feature: Feature, shape: Any) -> Feature:
    """Return a feature with the geometry of a shape, if there is one."""
    from pkzone.geo.convert import geojson_of

    return feature if shape is None else replace(feature, geometry=geojson_of(shape))


def _settled_texts(
    geometries: Sequence[dict[str, Any] | None], coordinates: Coordinates | None
) -> dict[int, bytes]:
    """Return the texts of geometries that are settled in arrays, by index."""
    if not are_arrays_at_hand(is_little=len(geometries) < _FEW):
        return {}
    from pkzone.geo.coordinates import Coordinates

    wound, settled = (coordinates or Coordinates.of(geometries)).canonical()
    wound = wound.taken(settled)
    sound = wound.taken(wound.valid)
    return dict(zip(sound.rows.tolist(), sound.texts(), strict=True))


def _plain_line(feature: Feature, geometry: bytes) -> bytes | None:
    """Return the line of a feature whose values orjson writes as `json` does; none of others."""
    properties = feature.properties
    if type(properties) is not dict or not is_plain_json(
        properties, _has_no_exponent, MAX_DEPTH // 2
    ):
        return None
    try:
        label = b"" if feature.id is None else b'"id":%b,' % orjson.dumps(feature.id)
        text = orjson.dumps(properties, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # half of a surrogate pair, a whole number beyond 64 bits, a key of no text
        return None
    return b'{"type":"Feature",%b"properties":%b,"geometry":%b}' % (label, text, geometry)


def _has_no_exponent(number: float) -> bool:
    return number == 0 or _LEAST <= abs(number) < _MOST


def dump_line(feature: Feature, *, name: str = "<output>") -> bytes:
    """Return one feature as a line of a collection, as it stands.

    Neither keys nor positions are sorted, nothing is rounded, nothing is said of the geometry.
    For what is written in a stream, in an order of its own, between `model.HEADER` and
    `model.FOOTER`.

    Raises
    ------
    BadValue, BadNumber, BadString, TooDeep
        If properties are not plain JSON.
    """
    geometry = "null" if feature.geometry is None else _geometry_text(feature.geometry)
    return _line(feature, geometry.encode(), Report(name), _ENCODER_AS_IT_IS)


def write(path: str | Path, features: Iterable[Feature], *, overwrite: bool = False) -> None:
    """Write features to a file in the canonical form, all of it or nothing.

    Parameters
    ----------
    path : str or Path
        The file. Nothing appears there before all bytes are on disk.
    features : iterable of Feature
        The features.
    overwrite : bool, optional
        Replace a file that is there.

    Raises
    ------
    GeoJSONError
        See `dumps`.
    OutputError
        If the file is there and may not be replaced, or cannot be written.
    """
    write_bytes(path, dumps(features, name=str(path)), overwrite=overwrite)


def rounding_flaws(geometries: Sequence[dict[str, Any] | None]) -> dict[int, str]:
    """Return why geometries would not be sound in the canonical form, by their index.

    A line that has no length as it stands is left out.
    """
    report = Report("")
    results: list[dict[str, Any] | None] = []
    flaws = {}
    for i, geometry in enumerate(geometries):
        if geometry is None:
            results.append(None)
            continue
        results.append(canonical_geometry(geometry))
        if "zero-length-line" in _odd(results[-1], report) and (
            "zero-length-line" not in _odd(geometry, report)
        ):
            flaws[i] = "a line has no length"
    return invalid_reasons(results) | flaws


def _in_order(features: Iterable[Feature], report: Report) -> list[tuple[str, Feature]]:
    """Pair features with their labels, sorted by id; those without one last."""
    named: dict[str, Feature] = {}
    nameless: list[tuple[str, Feature]] = []
    for i, feature in enumerate(features):
        report.feature = f"features[{i}]"
        if feature.id is None:
            nameless.append((report.feature, feature))
            continue
        if isinstance(feature.id, bool) or not isinstance(feature.id, str | int):
            found = type(feature.id).__name__
            reason = f"its id is of type {found}, not a string or a whole number"
            raise report.refusal(BadId, reason)
        label = _id_text(feature.id, report)
        if label in named:
            report.feature = label
            raise report.refusal(DuplicateId, "two features have this id")
        named[label] = feature
    report.feature = None
    return sorted(named.items()) + nameless


def _id_text(feature_id: str | int, report: Report) -> str:
    if isinstance(feature_id, int):
        _check_whole_number(feature_id, report, "its id")
    return str(feature_id)


def _canonical_geometries(
    ordered: Sequence[tuple[str, Feature]], report: Report
) -> list[dict[str, Any] | None]:
    results: list[dict[str, Any] | None] = []
    for label, feature in ordered:
        report.feature = label
        if feature.geometry is None:
            results.append(None)
            continue
        before = _odd(feature.geometry, report)
        if "zero-length-line" in before:
            raise report.refusal(InvalidGeometry, before["zero-length-line"])
        geometry = canonical_geometry(feature.geometry)
        if "zero-length-line" in _odd(geometry, report):
            raise report.refusal(CollapsedGeometry, "a line has no length once it is rounded")
        results.append(geometry)
    for i, reason in sorted(invalid_reasons(results).items()):
        report.feature, feature = ordered[i]
        unrounded = invalid_reasons([feature.geometry])
        if unrounded:
            raise report.refusal(InvalidGeometry, f"geometry is not valid: {unrounded[0]}")
        raise report.refusal(CollapsedGeometry, f"rounding makes the geometry invalid: {reason}")
    return results


def _odd(geometry: Any, report: Report) -> dict[str, str]:
    """Refuse a malformed geometry; return what is odd about another, by code."""
    check = Report(report.file, report.feature)
    check_geometry(geometry, check)
    return {notice.code: notice.message for notice in check.notices}


def _line(
    feature: Feature, geometry: bytes, report: Report, encoder: json.JSONEncoder = _ENCODER
) -> bytes:
    """Return the line of a feature, given the text of its geometry."""
    members = ['"type":"Feature"']
    if feature.id is not None:
        members.append(f'"id":{encoder.encode(feature.id)}')
    if not isinstance(feature.properties, Mapping):
        found = type(feature.properties).__name__
        raise report.refusal(BadValue, f"its properties are of type {found}, not an object")
    properties = _plain(feature.properties, report, "properties", 3)
    members.append(f'"properties":{encoder.encode(properties)}')
    try:
        line = b'{%b,"geometry":%b}' % (",".join(members).encode("utf-8"), geometry)
    except UnicodeEncodeError:
        raise report.refusal(BadString, "a string holds half of a surrogate pair") from None
    if is_too_deep(line, MAX_DEPTH - 2):
        raise report.refusal(TooDeep, f"makes the file nested more than {MAX_DEPTH} levels deep")
    return line


def _plain(value: Any, report: Report, where: str, depth: int) -> Any:
    """Return a property value in types that the encoder knows; refuse what is not JSON."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise report.refusal(BadNumber, f"{printable(where)} is {value}, which JSON lacks")
        return value
    if isinstance(value, int):
        _check_whole_number(value, report, where)
        return value
    if depth > MAX_DEPTH:
        raise report.refusal(TooDeep, f"{printable(where)} is nested more than {MAX_DEPTH} levels")
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                found = type(key).__name__
                reason = f"a key of {printable(where)} is of type {found}, not a string"
                raise report.refusal(BadValue, reason)
        return {
            key: _plain(item, report, f"{where}.{key}", depth + 1) for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_plain(item, report, f"{where}[{i}]", depth + 1) for i, item in enumerate(value)]
    reason = f"{printable(where)} is of type {type(value).__name__}, which JSON does not have"
    raise report.refusal(BadValue, reason)


def _check_whole_number(value: int, report: Report, where: str) -> None:
    try:
        float(value)
    except OverflowError:
        reason = f"{printable(where)} is a number too large for a double"
        raise report.refusal(BadNumber, reason) from None


def _geometry_text(geometry: dict[str, Any]) -> str:
    kind = geometry["type"]
    if kind == "GeometryCollection":
        members = ",".join(map(_geometry_text, geometry["geometries"]))
        return f'{{"type":"{kind}","geometries":[{members}]}}'
    return f'{{"type":"{kind}","coordinates":{_coordinates_text(geometry["coordinates"])}}}'


def _coordinates_text(coordinates: list[Any]) -> str:
    write_part = _coordinates_text if coordinates and isinstance(coordinates[0], list) else _number
    return "[" + ",".join(map(write_part, coordinates)) + "]"


def _number(value: float) -> str:
    """Return the shortest text of a double that reads back the same, without ``.0`` or exponent."""
    text = repr(value)
    if "e" in text:
        text = format(Decimal(text), "f")
    return text.removesuffix(".0")
