"""A diff as features: one GeoJSON collection with sections and ground, or a GeoDataFrame."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from pkzone.compare.place_names import feature_label
from pkzone.compare.published import is_schematic
from pkzone.compare.result import Change, Diff, Evidence, RouteDiff, Section
from pkzone.errors import GeoJSONError, printable
from pkzone.geojson.model import Feature
from pkzone.geojson.writer import dumps
from pkzone.reports import simplestyle
from pkzone.reports.as_json import numbers, to_dict
from pkzone.reports.changes import (
    change_row,
    controllers_of,
    ground_words,
    label_of_change,
    name_of,
)
from pkzone.reports.lengths import drawn_words, rounding_of_drawing
from pkzone.reports.model import ChangeRow, Part, joined, msg
from pkzone.reports.route_report import HEADS, STRETCHES, route_section
from pkzone.reports.values import stated_uncertainty_m
from pkzone.revisions.names import file_title

if TYPE_CHECKING:
    import geopandas as gpd
    import shapely

__all__ = ["render_diff", "to_frame", "to_geojson"]

PRECISION_DEG = 1e-6
REPAIRED = "repaired"
_GROUND = {"gained": "added", "lost": "removed"}
SIDES = {"kept": "both", "removed": "base", "added": "target"}
CRS = "EPSG:4326"
_NUMBERS = tuple(field.name for field in fields(Evidence) if field.name != "max_offset_at")
_COLUMNS: Mapping[str, Callable[[Change], Any]] = {
    "kind": attrgetter("kind"),
    "new_id": attrgetter("new_id"),
    "parts": attrgetter("parts"),
    "parents": attrgetter("parents"),
    "name": lambda change: name_of(change) or None,
    "aspects": attrgetter("aspects"),
    "class": attrgetter("geometry_class"),
    "within_uncertainty": attrgetter("within_uncertainty"),
    "properties": lambda change: tuple(sorted(change.properties)),
}


def render_diff(diff: Diff) -> str:
    """Return a diff as the text of a GeoJSON file in the canonical form of the catalogue.

    Every feature says its ``layer``, ``change`` (kind of the change; of a section ``kept``,
    ``removed`` or ``added``; ``gained`` or ``lost``), its ``side`` (``base``, ``target`` or
    ``both``), its ``part`` (``feature``, ``section``, ``area``) and the ``feature`` or
    ``route`` that it belongs to, one without an id by its ``label``. Features that changed
    keep their own properties, after a prefix ``properties.`` where the name is taken. Of one
    whose properties alone changed the old values stand under ``base.NAME``; ``not_in_base``
    names those that the base lacks. A geometry that could not be written as it is was
    repaired: ``repaired`` says so. The colours, ``title`` and ``description`` are those of
    simplestyle-spec 1.1.0, which GitHub and geojson.io draw by.
    """
    features = list(_unique(_features(diff)))
    try:
        return dumps(features).decode("utf-8")
    except GeoJSONError:  # rare: only then each feature is looked at on its own
        return dumps(map(_repaired, features)).decode("utf-8")


def to_geojson(diff: Diff) -> dict[str, Any]:
    """Return the collection of `render_diff` as plain JSON types."""
    collection: dict[str, Any] = json.loads(render_diff(diff))
    return collection


def to_frame(diff: Diff) -> gpd.GeoDataFrame:
    """Return a diff as a table.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a change in the order of ``diff.changes``, index ``id`` as in `Change.id`, EPSG:4326
        (longitude, latitude). Columns: ``kind``, ``new_id``, ``parts``, ``parents``, ``name``,
        ``aspects``, ``class``, ``within_uncertainty``, ``properties`` (names of those that
        differ), every number of `Evidence` (NaN where it does not apply) and ``geometry``: that
        of the target, of the base where the feature is removed or split. ``attrs["pkzone"]``
        is the diff as :func:`to_dict` returns it.
    """
    import geopandas as gpd
    import pandas as pd

    index = pd.Index([change.id for change in diff.changes], dtype="object", name="id")
    columns = {name: list(map(write, diff.changes)) for name, write in _COLUMNS.items()}
    evidence = [change.evidence or Evidence() for change in diff.changes]
    columns |= {name: [getattr(each, name) for each in evidence] for name in _NUMBERS}
    table = pd.DataFrame(columns, index=index, dtype=None if diff.changes else "object")
    types = {"kind": "string", "name": "string", "class": "string", "within_uncertainty": "boolean"}
    table = table.astype(types | dict.fromkeys(_NUMBERS, "float64"))
    shapes = gpd.GeoSeries([_geometry(change) for change in diff.changes], index=index, crs=CRS)
    frame = gpd.GeoDataFrame(table, geometry=shapes)
    frame.attrs["pkzone"] = to_dict(diff)
    return frame


def _geometry(change: Change) -> shapely.Geometry | None:
    """Return one geometry for a change; the parts of what is one no longer go with the whole."""
    features = change.base if change.kind in ("removed", "split") else change.target
    if not features or features[0].geometry is None:
        return None
    from pkzone.geo.convert import shape

    return shape(features[0].geometry)


def _features(diff: Diff) -> Iterator[Feature]:
    for number, change in enumerate(diff.changes, 1):
        yield from _change_features(diff, number, change)
    for number, route in enumerate(diff.routes):
        texts = _route_texts(diff, number, route)
        about = {"route": route.route}
        yield from _sections(diff, f"route:{route.route}", route.sections, about, texts)


def _change_features(diff: Diff, number: int, change: Change) -> Iterator[Feature]:
    """Yield the features of one change: whole ones, then its sections and parts."""
    about = {
        "change": change.kind,
        "class": change.geometry_class,
        "within_uncertainty": change.within_uncertainty,
        **(numbers(change.evidence) if change.evidence else {}),
    }
    properties_only = change.kind == "modified" and "geometry" not in change.aspects
    row = change_row(change, end_names=diff.end_names)
    for side, features in (("base", change.base), ("target", change.target)):
        if properties_only and side == "base":
            continue  # the same shape twice would only hide itself
        for feature in features:
            own = {
                "layer": _layer(diff, side),
                "side": "both" if properties_only else side,
                "part": "feature",
                "feature": feature.id,
                "label": feature_label(feature) if feature.id is None else None,
                **about,
            }
            if properties_only:
                own |= {f"base.{name}": change.properties[name].base for name in change.properties}
                lacking = [
                    name for name, change_ in change.properties.items() if not change_.in_base
                ]
                own["not_in_base"] = "; ".join(lacking) or None
            own |= _look(change, side, feature.geometry)
            if properties_only:
                own |= _told(row, row.status or msg("attributes differ"))
            else:
                own |= _told(row, row.summary, side)
            label = f"change-{number}" if feature.id is None else str(feature.id)
            yield _feature(f"{label}:{side}", own, feature.geometry, feature.properties)
    label = f"change-{number}" if change.id is None else str(change.id)
    belongs = {
        "feature": change.id,
        "label": label_of_change(change, with_name=True) if change.id is None else None,
        "name": name_of(change) or None,
    }
    yield from _sections(diff, label, change.sections, belongs, _stretch_texts(change, row))
    for what, side, part in (("gained", "target", change.gained), ("lost", "base", change.lost)):
        if part is not None and not part.is_empty:
            own = {
                "layer": _layer(diff, side),
                "change": what,
                "side": side,
                "part": "area",
                **belongs,
                **simplestyle.whole(_token(change, _GROUND[what]), _mapping(part)),
                **_told(row, ground_words([change])[_GROUND[what]]),
            }
            yield _feature(f"{label}:{what}", own, _mapping(part))


def _sections(
    diff: Diff,
    label: str,
    sections: tuple[Section, ...],
    belongs: dict[str, Any],
    texts: Iterable[dict[str, Any]],
) -> Iterator[Feature]:
    for number, (section, text) in enumerate(zip(sections, texts, strict=True), 1):
        if section.geometry is None or section.geometry.is_empty:
            continue
        side, geometry = SIDES[section.kind], _mapping(section.geometry)
        own = {
            "layer": _layer(diff, side),
            "change": section.kind,
            "side": side,
            "part": "section",
            **belongs,
            "number": number,
            "from_m": round(section.from_m, 4),
            "to_m": round(section.to_m, 4),
            "length_m": round(section.length_m, 4),
            "schematic_m": section.schematic_m and round(section.schematic_m, 4),
            "length_published_km": section.length_published_km,
            "published_sources": "; ".join(section.published_sources) or None,
            "near": "; ".join(section.near),
            **simplestyle.stretch(section.kind, geometry),
            **text,
        }
        yield _feature(f"{label}:section-{number}", own, geometry)


def _route_texts(diff: Diff, number: int, route: RouteDiff) -> Iterator[dict[str, Any]]:
    """Yield title and description of the stretches of a route, as the text report has them."""
    section = route_section(diff, number, route)
    for row in section.sections[0].rows:
        cells = zip(HEADS[1:], row.cells, strict=True)
        facts = (msg("{name}: {value}", head, cell) for head, cell in cells if str(cell or ""))
        yield simplestyle.told(msg("{name}: {what}", section.title, row.term), joined("; ", facts))


def _stretch_texts(change: Change, row: ChangeRow) -> Iterator[dict[str, Any]]:
    """Yield title and description of the stretches of a feature: length, then the change."""
    lines = (*change.base, *change.target)
    rounding = rounding_of_drawing(lines, stated_uncertainty_m(lines))
    is_rough = any(map(is_schematic, lines))
    for section in change.sections:
        length = drawn_words(section.length_m, section.length_m if is_rough else 0.0, rounding)
        yield _told(row, msg(STRETCHES[section.kind]), before=length)


def _told(row: ChangeRow, what: Part, side: str = "", before: Part = "") -> dict[str, Any]:
    """Return title and description of a change: its name and what happened, then the sentences."""
    if row.kind not in ("added", "removed") and side:
        what = msg("{what}, {side}", what, msg("before") if side == "base" else msg("after"))
    sentences = (before, *row.sentences, *row.states, *row.property_sentences())
    name = printable(row.name or row.full_label)  # short, so that what happened stays
    title = msg("{name}: {what}", name, what)
    return simplestyle.told(title, joined("; ", sentences))


def _look(change: Change, side: str, geometry: dict[str, Any] | None) -> dict[str, Any]:
    """Return the style of a whole feature, by what became of it."""
    if change.kind in ("added", "removed"):
        return simplestyle.whole(_token(change, change.kind), geometry)
    areas = (change.gained, change.lost)
    if change.sections or any(area is not None and not area.is_empty for area in areas):
        return simplestyle.with_parts(geometry)
    if "geometry" in change.aspects and change.geometry_class in (None, "moved"):
        kind = "removed" if side == "base" else "added"
        return simplestyle.whole(_token(change, kind), geometry)
    if side == "base" and "geometry" in change.aspects:
        return simplestyle.with_parts(geometry)
    is_other = change.kind != "modified" or "properties" in change.aspects
    return simplestyle.whole("changed" if is_other else "kept", geometry)


def _token(change: Change, kind: str) -> str:
    """Return the colour of what came or went; control changes hands, which is neither."""
    return "changed" if controllers_of((*change.base, *change.target)) else kind


def _layer(diff: Diff, side: str) -> str:
    """Return the layer of a side; of a file, its name without folder and ending."""
    info = diff.base if side == "base" else diff.target
    return info.layer or printable(file_title(info.ref), limit=None)


def _feature(
    feature_id: str,
    own: dict[str, Any],
    geometry: dict[str, Any] | None,
    properties: dict[str, Any] | None = None,
) -> Feature:
    """Return a feature of the report: what it says of itself, and its own properties."""
    said = {name: value for name, value in own.items() if value is not None}
    taken = said.keys() | simplestyle.NAMES | {REPAIRED}
    kept = {
        f"properties.{name}" if name in taken else name: value
        for name, value in (properties or {}).items()
    }
    return Feature(feature_id, kept | said, geometry)


def _repaired(feature: Feature) -> Feature:
    """Return a feature that can be written: a valid geometry on the same ground, else none."""
    import shapely

    if _can_be_feature(feature):
        return feature
    properties = feature.properties | {REPAIRED: True}
    shape = shapely.make_valid(shapely.from_geojson(json.dumps(feature.geometry)))
    snapped = shapely.set_precision(shape, PRECISION_DEG)
    if not snapped.is_empty:
        repaired = Feature(feature.id, properties, _mapping(snapped))
        if _can_be_feature(repaired):
            return repaired
    return Feature(feature.id, properties, None)


def _can_be_feature(feature: Feature) -> bool:
    try:
        dumps([feature])
    except GeoJSONError:
        return False
    return True


def _mapping(geometry: shapely.Geometry) -> dict[str, Any]:
    import shapely

    mapping: dict[str, Any] = json.loads(shapely.to_geojson(geometry))
    return mapping


def _unique(features: Iterator[Feature]) -> Iterator[Feature]:
    """Yield features, those whose id was there already under another one."""
    taken: set[str | int | None] = set()
    for feature in features:
        feature_id, number = feature.id, 1
        while feature_id in taken:
            number += 1
            feature_id = f"{feature.id}-{number}"
        taken.add(feature_id)
        yield Feature(feature_id, feature.properties, feature.geometry)
