"""Rewrite a file in the canonical form: as it stands, or with what can be mended first."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import copysign
from shlex import quote
from typing import TYPE_CHECKING, Any

from pkzone.checks.rules import RULES, is_finer, numbers
from pkzone.errors import DuplicateId, NotMended
from pkzone.files.atomic import write_bytes
from pkzone.files.filetypes import GZIP_MAGIC, SEQUENCE_ENDINGS, title_of_path
from pkzone.geo.canonical import DECIMALS
from pkzone.geojson.batches import Batch, features_of, read_in_batches
from pkzone.geojson.geometry import check_geometry
from pkzone.geojson.json_text import load
from pkzone.geojson.model import Feature, FeatureCollection, Notice, Report, enclosed, label_of
from pkzone.geojson.reader import file_name, parse, read_bytes, read_root
from pkzone.geojson.writer import canonical_lines, dumps
from pkzone.layers.references import is_frame

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Rewritten", "canonical", "check_in_place", "fmt", "mend"]

_SAID_BY_FMT = frozenset(
    ["bbox-dropped", "crs84", "foreign-members", "gzip", "no-properties", "null-id", "wrapped"]
)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """New bytes of a file, and notices of what changed.

    Attributes
    ----------
    data : bytes
        The file's content.
    notices : tuple of Notice
        What changed beyond the layout.
    is_changed : bool
        Whether the bytes are others than before; true of features at hand.
    """

    data: bytes = field(repr=False)
    notices: tuple[Notice, ...]
    is_changed: bool


def fmt(
    source: str | os.PathLike[str] | bytes | FeatureCollection | gpd.GeoDataFrame,
    *,
    output: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
) -> Rewritten:
    """Return GeoJSON in the canonical form, as ``pkzone fmt`` writes it.

    One feature a line, sorted by id, keys sorted, 6 decimals, outer rings counter-clockwise: the
    same features give the same bytes.

    Parameters
    ----------
    source : str, os.PathLike, bytes, FeatureCollection or GeoDataFrame
        A file (``-`` for standard input), a text in UTF-8, or features at hand.
    output : str or os.PathLike, optional
        The file to write; it may be the source. Without it nothing is written.
    overwrite : bool, optional
        Replace a file that is there.

    Returns
    -------
    Rewritten
        The bytes, whether they are others than those of the source, and what is dropped.

    Raises
    ------
    GeoJSONError
        The source is refused, or could not be written without a guess.
    OutputError
        The output is there and may not be replaced, or cannot be written.

    Examples
    --------
    >>> import pkzone
    >>> text = b'{"type":"Point","coordinates":[46.75,39.8200001]}'
    >>> print(pkzone.fmt(text).data.decode(), end="")
    {"type":"FeatureCollection","features":[
    {"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[46.75,39.82]}}
    ]}
    """
    path = None if output is None else os.fspath(output)
    if isinstance(source, FeatureCollection) or is_frame(source):
        formatted = _of_features(source)
    else:
        name = "<bytes>" if isinstance(source, bytes) else file_name(os.fspath(source))
        data = source if isinstance(source, bytes) else read_bytes(os.fspath(source))
        if path is not None:
            check_in_place(data if path == name else b"", path)
        formatted = canonical(data, name=name)
    if path is not None:
        write_bytes(path, formatted.data, overwrite=overwrite)
    return formatted


def _of_features(source: FeatureCollection | gpd.GeoDataFrame) -> Rewritten:
    features: Sequence[Feature]
    if isinstance(source, FeatureCollection):
        features, name = source.features, "<features>"
    else:
        from pkzone.layers.frames import features_of_frame

        features, name = features_of_frame(source), "<frame>"
    report = Report(name)
    for i, one in enumerate(features):
        report.feature = label_of(one.id, f"features[{i}]")
        if one.geometry is not None:
            check_geometry(one.geometry, report)
    return Rewritten(dumps(features, name=name), (), is_changed=True)


def check_in_place(data: bytes, file: str) -> None:
    """Refuse to write the canonical form over a file whose name or packing says another.

    Raises
    ------
    NotMended
        It is gzip, or named as newline-delimited GeoJSON.
    """
    form = None
    if data.startswith(GZIP_MAGIC):
        form = "gzip"
    elif file.lower().endswith(SEQUENCE_ENDINGS):
        form = "newline-delimited GeoJSON"
    if form is not None:
        output = quote(f"{title_of_path(file)}.geojson")
        remedy = f"pkzone fmt - < {quote(file)} > {output}"
        raise NotMended(file, f"is {form}, in which nothing is written: {remedy}")


def canonical(data: bytes, *, name: str = "<stdin>") -> Rewritten:
    """Return a GeoJSON text in the canonical form; the notices tell of members that changed.

    Raises
    ------
    GeoJSONError
        The text is refused, or could not be written without guessing: see `geojson.parse` and
        `geojson.dumps`.
    """
    rewritten = read_in_batches(data, _rewritten, name=name, wants_odd=False)
    if rewritten is None:
        collection = parse(data, name=name, check_validity=False)
        written = dumps(collection.features, name=name)
        rewritten = Rewritten(written, collection.notices, is_changed=written != data)
    said = tuple(notice for notice in rewritten.notices if notice.code in _SAID_BY_FMT)
    return Rewritten(rewritten.data, said, is_changed=rewritten.data != data)


def _rewritten(batches: Iterator[Batch], report: Report) -> Rewritten:
    """Return the lines of all batches in order; of their features no more than one batch is kept.

    What this refuses, `dumps` does in its own words.
    """
    named: dict[str, bytes] = {}
    nameless: list[bytes] = []
    for batch in batches:
        features = list(features_of(batch, report))
        labelled = list(zip(batch.places, features, strict=True))
        lines = canonical_lines(labelled, Report(report.file), batch.coordinates)
        for feature, line in zip(features, lines, strict=True):
            if feature.id is None:
                nameless.append(line)
            elif named.setdefault(str(feature.id), line) is not line:
                raise DuplicateId(report.file, "two features have this id")
    written = enclosed([named[label] for label in sorted(named)] + sorted(nameless))
    return Rewritten(written, tuple(report.notices), is_changed=True)  # or not: it is told above


def mend(data: bytes, *, name: str = "<stdin>") -> Rewritten:
    """Return a GeoJSON text with all mended that needs no guess and loses nothing.

    Rings are closed and turned round, coordinates rounded, a byte order mark and members that
    say nothing are left out, and the whole is written in the canonical form. Repeated vertices
    stay, because a property may count them; rings that cross stay, because nobody can tell what
    was meant.

    Returns
    -------
    Rewritten
        With one notice for each thing that was mended; its code is a rule's, or ``order``,
        ``negative-zero`` or ``layout``.

    Raises
    ------
    NotMended
        Members that are not GeoJSON would be lost.
    GeoJSONError
        Something is left that cannot be mended; then nothing is.
    """
    report = Report(name)
    root = load(data, report)
    closed = list(_close_rings(root))
    collection = read_root(root, report)
    for notice in collection.notices:
        if notice.code == "foreign-members":
            reason = f"{notice.message}; move them into the properties, or pkzone fmt drops them"
            raise NotMended(name, reason, notice.feature)
    features = collection.features
    written = dumps(features, name=name)
    if written == data:
        return Rewritten(data, (), is_changed=False)
    mended = [
        *(
            Notice("ring-not-closed", name, label_of(features[i].id, place) or None, message)
            for i, place, message in closed
        ),
        *(notice for notice in collection.notices if RULES[notice.code].mended),
        *_rearranged(features, parse(written, check_validity=False).features, name),
    ]
    return Rewritten(written, tuple(mended), is_changed=True)


def _close_rings(root: Any) -> Iterator[tuple[int, str, str]]:
    """Close the rings of a parsed text in place; yield index and place of feature, and the ring."""
    members = root if isinstance(root, dict) else {}
    if isinstance(members.get("features"), list):
        features = [(one, f"features[{i}]") for i, one in enumerate(members["features"])]
    elif "geometry" in members:
        features = [(members, "feature")]
    else:
        features = [({"geometry": members}, "")]
    for i, (feature, place) in enumerate(features):
        if isinstance(feature, dict):
            for where in _close_in(feature.get("geometry"), "geometry"):
                yield i, place, f"{where} is closed"


def _close_in(geometry: Any, where: str) -> Iterator[str]:
    if not isinstance(geometry, dict):
        return
    geometry_type, parts = geometry.get("type"), geometry.get("coordinates")
    if geometry_type == "GeometryCollection" and isinstance(geometry.get("geometries"), list):
        for i, part in enumerate(geometry["geometries"]):
            yield from _close_in(part, f"{where}.geometries[{i}]")
    elif geometry_type == "Polygon" and isinstance(parts, list):
        yield from _close_all(parts, f"{where}.coordinates")
    elif geometry_type == "MultiPolygon" and isinstance(parts, list):
        for i, rings in enumerate(parts):
            if isinstance(rings, list):
                yield from _close_all(rings, f"{where}.coordinates[{i}]")


def _close_all(rings: list[Any], where: str) -> Iterator[str]:
    for i, ring in enumerate(rings):
        if _is_open(ring):
            first, last = ([round(number, DECIMALS) for number in ring[end][:2]] for end in (0, -1))
            if first == last:  # they are the same once rounded
                ring[-1] = list(ring[0])
            else:
                ring.append(list(ring[0]))
            yield f"{where}[{i}]"


def _is_open(ring: Any) -> bool:
    """Tell whether a ring lacks nothing but its end; one that ends at another height is not."""
    return (
        isinstance(ring, list)
        and len(ring) > 2
        and all(isinstance(one, list) and len(one) in (2, 3) for one in ring)
        and all(type(number) in (int, float) for one in ring for number in one)
        and ring[0][:2] != ring[-1][:2]
    )


def _rearranged(
    before: tuple[Feature, ...], after: tuple[Feature, ...], name: str
) -> Iterator[Notice]:
    """Yield notices of what the canonical form changes beyond single features."""
    geometries = [feature.geometry for feature in before if feature.geometry]
    finer = sum(map(is_finer, geometries))
    if finer:
        count = f"{finer} feature{'' if finer == 1 else 's'}"
        message = f"coordinates of {count} are rounded to {DECIMALS} decimals"
        yield Notice("precision", name, None, message)
    if any(number == 0 and copysign(1, number) < 0 for number in numbers(geometries)):
        yield Notice("negative-zero", name, None, "-0 is written as 0")
    if [feature.id for feature in before] != [feature.id for feature in after]:
        yield Notice("order", name, None, "features are sorted by id")
    yield Notice("layout", name, None, "is written in the canonical form, one feature a line")
