"""Measure a layer through time: features, lengths and areas of each version."""

from __future__ import annotations

import json
import math
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import chain
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from pkzone.compare.area_totals import ground_km2
from pkzone.compare.catalogue_context import BETWEEN_ENDS, published_lengths, route_names
from pkzone.compare.file_versions import FileVersion
from pkzone.compare.history import versions_of
from pkzone.compare.published import is_schematic, part_of
from pkzone.compare.result import PublishedLength, PublishedPart
from pkzone.compare.route_chain import is_in_use
from pkzone.errors import BadOption, VersionNotFound
from pkzone.geo.convert import dimensions_of, shape_of
from pkzone.geo.measure import length_m, polygon_parts
from pkzone.geojson.model import Feature
from pkzone.i18n.messages import Translatable
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.model import Layer, Version
from pkzone.layers.names import source_names
from pkzone.layers.terms import STATUSES
from pkzone.queries import GROUPS
from pkzone.reports.lengths import drawn_km, rounding_of_drawing
from pkzone.reports.values import Rounding, stated_uncertainty_m
from pkzone.table import Column, Table

__all__ = ["series"]

_STATUS_WORDS: Final = tuple(one.word for one in STATUSES)


def series(
    layer: str | Layer,
    *,
    start: str | date | None = None,
    end: str | date | None = None,
    by: str | None = None,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    layers: Sequence[str] = (),
) -> Table:
    """Return how much a layer holds in each of its versions, oldest first.

    Parameters
    ----------
    layer : str or Layer
        The layer or its name; ``LAYER@A..B`` for the versions in force from A to B,
        ``LAYER@VERSION`` or ``LAYER@DATE`` for those up to that version; ``A..B:PATH`` for the
        states of a file in git.
    start, end : str or datetime.date, optional
        Only versions in force at any time from `start` to `end`, both included; a month or a
        year counts whole. Rows keep their true validity.
    by : str, optional
        ``kind``, ``status``, ``controller`` or ``route``: a row for each version and each value
        of that property in any of the versions, 0 where a version has none of them.
    catalogue : Catalogue, str or os.PathLike, optional
        The catalogue or its folder; without it that of the layer, or the shipped one.
    layers : sequence of str, optional
        The layers to read of a file in git that holds several.

    Returns
    -------
    Table
        With ``.records()``, ``.to_frame()``, ``.to_csv()`` ... Lengths and areas are geodesic.
        Drawn lengths are rounded to 0.1 km or what the stated uncertainty supports, to whole km
        where a line is schematic; areas to the square of that uncertainty. A published length is
        the sum of what sources state, as exact as the coarsest, and None unless every line
        counted has one. In use means ``open`` or ``restricted``. Ground that several areas cover
        counts once. What a layer has nothing of (lines, areas, roads) is None.

    Raises
    ------
    BadOption
        `by` is no such property, or layers are chosen of what is no such file.
    BadDate
        `start` or `end` is not a date, or they are the wrong way round.
    VersionNotFound
        No version is in force in that time.
    PkzoneError
        As for `history`.

    Examples
    --------
    >>> import pkzone
    >>> pkzone.series("zone", start="2022-08-26", end="2022-08-30").to_frame()["area_km2"]
    0    3093
    1    3097
    Name: area_km2, dtype: int64
    """
    if by is not None and by not in GROUPS:
        raise BadOption(f"by: {by!r} is not one of {', '.join(GROUPS)}")
    found, versions, source = versions_of(layer, catalogue, layers)
    chosen = _in_force(found, versions, start, end)
    drawn = [version.features().features for version in chosen]
    length_of = cache(length_m)
    parts = [[_Part.of(feature, by, length_of) for feature in features] for features in drawn]
    items = tuple(_items(chosen, [_grouped(one) for one in parts], by))
    about = {"layer": found.name, "title": found.title, "from": start, "to": end, "by": by}
    columns = (*_TIME, *([Column(by)] if by else []), *_MEASURES)
    return Table(
        "series",
        tuple(replace(one, in_text=_is_shown(one, items, by)) for one in columns),
        tuple(tuple(_cell(item[column.name]) for column in columns) for item in items),
        {key: str(value) for key, value in about.items() if value is not None},
        (
            *found.notes,
            *_notes(list(chain(*parts))),
            *(() if isinstance(chosen[0], FileVersion) else _route_notes(chosen, drawn, source)),
        ),
        items,
        _names(items, by),
    )


def _names(items: Iterable[Mapping[str, Any]], by: str | None) -> dict[str, str]:
    """Return what people read for statuses, alone and counted."""
    labels = {one.word: one.label for one in STATUSES}
    labels |= {word: word.replace("_", " ") for item in items for word in item["statuses"] or ()}
    counted = (item["statuses"] for item in items if isinstance(item["statuses"], dict))
    names = {
        _cell(one): _cell({labels.get(word, word): count for word, count in one.items()})
        for one in counted
        if one
    }
    return names | (labels if by == "status" else {})


def _items(
    versions: Sequence[Version],
    grouped: Sequence[Mapping[str | None, Sequence[_Part]]],
    by: str | None,
) -> Iterator[dict[str, Any]]:
    """Yield each row, as JSON has it."""
    groups = _in_order(set(chain(*grouped)), by) if by else [None]
    ground_of = cache(ground_km2)
    totals = {
        group: _totals([one.get(group, []) for one in grouped], ground_of) for group in groups
    }
    for number, version in enumerate(versions):
        for group in groups:
            yield {
                "valid_from": version.valid_from.isoformat(),
                "valid_to": version.valid_to.isoformat() if version.valid_to else None,
                "version": version.id,
                **({by: group} if by else {}),
                **totals[group][number],
                "statuses": None if by == "status" else _statuses(grouped[number].get(group, [])),
                "title": version.title,
                "events": list(version.events),
            }


def _grouped(parts: Iterable[_Part]) -> dict[str | None, list[_Part]]:
    groups: dict[str | None, list[_Part]] = {}
    for part in parts:
        groups.setdefault(part.group, []).append(part)
    return groups


def _in_order(groups: Iterable[str | None], by: str | None) -> list[str | None]:
    """Sort groups: statuses of roads from the freest down, others by their text, then none."""
    words = _STATUS_WORDS if by == "status" else ()
    rank = {word: number for number, word in enumerate(words)}
    return sorted(groups, key=lambda one: (one is None, rank.get(one or "", len(rank)), one or ""))


def _is_shown(column: Column, items: Sequence[Mapping[str, Any]], by: str | None) -> bool:
    """Tell whether text has a column: not an empty one, and of groups no title each."""
    if column.type == "date":
        return True
    if not column.in_text:
        return False
    is_repeated = by is not None and column.name in ("title", "events")
    return not is_repeated and any(item[column.name] not in (None, [], {}) for item in items)


def _cell(value: Any) -> Any:
    """Return a value as a cell has it: counts in words."""
    if isinstance(value, dict):
        return ", ".join(f"{count} {name}" for name, count in value.items()) or None
    return value


_TIME: Final = (
    Column("valid_from", "date", "from"),
    Column("valid_to", "date", "until"),
    Column("version", rank=7),
)
_MEASURES: Final = (
    Column("features", "integer"),
    Column("length_drawn_km", "number", "drawn km", rank=1),
    Column("length_schematic_km", "integer", "of it schematic", rank=5),
    Column("length_drawn_in_use_km", "number", "in use, drawn km"),
    Column("length_schematic_in_use_km", "integer", "of that schematic", rank=2),
    Column("length_published_km", "number", "published km", rank=3),
    Column("length_published_in_use_km", "number", "in use, published km", rank=2),
    Column("area_km2", "number", "km²"),
    Column("statuses", rank=4),
    Column("title", head="what is new"),
    Column("events", "array", in_text=False),
)
COLUMNS: Final = (*_TIME, *_MEASURES)


@dataclass(frozen=True, slots=True)
class _Part:
    """What a feature adds to the totals of its version."""

    feature: Feature
    group: str | None
    status: str | None
    length_m: float | None
    published: PublishedPart | None
    area: BaseGeometry | None

    @classmethod
    def of(
        cls, feature: Feature, by: str | None, length_of: Callable[[BaseGeometry], float]
    ) -> _Part:
        """Measure a feature."""
        shape = shape_of(feature.geometry)
        dimensions = dimensions_of(shape)
        return cls(
            feature,
            _text(feature, by) if by else None,
            _text(feature, "status"),
            length_of(shape) if 1 in dimensions else None,
            part_of(feature),
            _areas_of(shape) if 2 in dimensions else None,
        )


def _areas_of(shape: BaseGeometry) -> BaseGeometry:
    """Return the areas of a shape; collections cannot be asked what they overlap."""
    if shape.geom_type != "GeometryCollection":
        return shape
    return shapely.MultiPolygon(list(polygon_parts(shape)))


def _text(feature: Feature, key: str) -> str | None:
    value = feature.properties.get(key)
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _in_force(
    layer: Layer, versions: Sequence[Version], start: str | date | None, end: str | date | None
) -> Sequence[Version]:
    """Return those of some versions of a layer that are in force in a span."""
    within = {version.id for version in layer.between(start, end)}
    chosen = [version for version in versions if version.id in within]
    if not chosen:
        raise VersionNotFound(
            f"none of the versions {versions[0].id} to {versions[-1].id} of {layer.name} is in "
            f"force from {start or 'the beginning'} to {end or 'the end'}"
        )
    return chosen


def _statuses(parts: Sequence[_Part]) -> Mapping[str, int]:
    counts = Counter(part.status for part in parts)
    return {status: counts[status] for status in _in_order(counts, "status") if status is not None}


def _totals(
    versions: Sequence[Sequence[_Part]], ground_of: Callable[[tuple[BaseGeometry, ...]], float]
) -> list[dict[str, float | None]]:
    """Return the numbers of each version; None for what no version has anything of."""
    everything = [part for parts in versions for part in parts]
    lines = [part for part in everything if part.length_m is not None]
    has_roads = any(part.status in _STATUS_WORDS for part in lines)
    has_published = any(part.published is not None for part in lines)
    has_schematic = any(is_schematic(part.feature) for part in lines)
    has_areas = any(part.area is not None for part in everything)
    numbers: list[dict[str, float | None]] = []
    for parts in versions:
        drawn = [part for part in parts if part.length_m is not None]
        in_use = [part for part in drawn if is_in_use(part.feature)]
        areas = [part for part in parts if part.area is not None]
        numbers.append({
            "features": len(parts),
            "length_drawn_km": _drawn_km(drawn) if lines else None,
            "length_drawn_in_use_km": _drawn_km(in_use) if has_roads else None,
            "length_schematic_km": _schematic_km(drawn) if has_schematic else None,
            "length_schematic_in_use_km": (
                _schematic_km(in_use) if has_schematic and has_roads else None
            ),
            "length_published_km": _published_km(drawn) if has_published else None,
            "length_published_in_use_km": (
                _published_km(in_use) if has_published and has_roads else None
            ),
            "area_km2": _area_km2(areas, ground_of) if has_areas else None,
        })  # fmt: skip
    return numbers


def _drawn_km(parts: Sequence[_Part]) -> float:
    features = [part.feature for part in parts]
    rounding = rounding_of_drawing(features, stated_uncertainty_m(features))
    return drawn_km(_length_m(parts), _schematic_m(parts), rounding) or 0


def _schematic_km(parts: Sequence[_Part]) -> int:
    return round(_schematic_m(parts) / 1000)


def _schematic_m(parts: Sequence[_Part]) -> float:
    return _length_m([part for part in parts if is_schematic(part.feature)])


def _length_m(parts: Sequence[_Part]) -> float:
    return math.fsum(part.length_m or 0.0 for part in parts)


def _area_km2(
    parts: Sequence[_Part], ground_of: Callable[[tuple[BaseGeometry, ...]], float]
) -> float:
    rounding = Rounding(stated_uncertainty_m(part.feature for part in parts))
    # the square of the uncertainty, of which the step of a length is a tenth
    decimals = 2 * (_km_decimals(rounding) - 1)
    return _rounded(ground_of(tuple(part.area for part in parts if part.area)), decimals)


def _km_decimals(rounding: Rounding) -> int:
    return 3 - round(math.log10(rounding.step_m))


def _published_km(parts: Sequence[_Part]) -> float | None:
    """Return the sum of what sources state; None if they do not state it of every line."""
    total = PublishedLength.total(part.published for part in parts)
    return total.km if total else None if parts else 0


def _rounded(number: float, decimals: int) -> float:
    """Round a number; one without decimals, or nothing at all, is a whole number."""
    return round(number, decimals) if decimals > 0 and number else round(number)


def _notes(parts: Sequence[_Part]) -> Iterator[str]:
    """Yield what a reader must know to judge the numbers."""
    lines = [part for part in parts if part.length_m is not None]
    areas = [part for part in parts if part.area is not None]
    if lines:
        yield Translatable(
            "Drawn lengths are measured along the lines of the map{limit}.", limit=_off_by(lines)
        )
    schematic = {str(part.feature.id) for part in lines if is_schematic(part.feature)}
    if schematic:
        yield Translatable(
            "Schematic, straight lines between known points, are {lines}. "
            "Their drawn length tells nothing of the ground; sums with one are in whole km.",
            lines=_named(schematic, lines),
        )
    lacking = {str(part.feature.id) for part in lines if part.published is None}
    if lacking and any(part.published is not None for part in lines):
        yield Translatable(
            "A published length is given where every line counted has one. No source states that "
            "of {lines}.",
            lines=_named(lacking, lines),
        )
    if areas:
        yield Translatable(
            "Areas are those of the ground as drawn{limit}; overlaps count once.",
            limit=_off_by(areas),
        )


def _route_notes(
    versions: Sequence[Version], features: Sequence[Sequence[Feature]], source: Catalogue
) -> Iterator[str]:
    """Yield what sources state of whole routes, which no sum of segments gives."""
    stated: dict[tuple[str, PublishedLength], list[str]] = {}
    for version, drawn in zip(versions, features, strict=True):
        for length in published_lengths(source, version, drawn).items():
            stated.setdefault(length, []).append(version.id)
    routes = route_names(source, versions[-1], chain(*features)) if stated else {}
    sources = source_names(source) if stated else {}
    for (route, published), ids in stated.items():
        which = ids[0]
        if len(ids) > 1:
            span = {"count": str(len(ids)), "first": ids[0], "last": ids[-1]}
            which = Translatable("{count} versions, {first} to {last}", **span)
        yield Translatable(
            "Of the whole route {route} a source states {length} ({sources}): the road in use in "
            "{versions}.",
            route=_route(routes.get(route, route)),
            length=_length(published),
            sources=tuple(sources.get(one, one) for one in published.sources),
            versions=which,
            separator=", ",
        )


def _route(name: str) -> str:
    """Return what a route is called: by two places, each of which may have another name."""
    start, between, end = name.partition(BETWEEN_ENDS)
    return Translatable("{first} – {last}", first=start, last=end) if between else name


def _length(published: PublishedLength) -> str:
    """Return a published length, which a source may state as a least one."""
    more = re.fullmatch(r"more than ([0-9.,]+) km", published.text)
    number = more[1] if more else published.text.removesuffix(" km")
    if number == published.text:
        return number
    length = Translatable("{number} km", number=number)
    return Translatable("more than {length}", length=length) if more else length


def _off_by(parts: Sequence[_Part]) -> str:
    uncertainty_m = stated_uncertainty_m(part.feature for part in parts)
    if not uncertainty_m:
        return ""
    metres = f"{uncertainty_m:,.0f}"
    return Translatable(", which may be off by up to {number} m", number=metres)


def _named(ids: set[str], parts: Sequence[_Part]) -> str:
    """Return how many of all features these are and, of a few, which."""
    counts = {"count": str(len(ids)), "all": str(len({part.feature.id for part in parts}))}
    names = {str(part.feature.id): part.feature.properties.get("name") for part in parts}
    if len(ids) > _FEW:
        return Translatable("{count} of {all}", **counts)
    told = sorted(str(names[one] or one) for one in ids)
    return Translatable("{count} of {all} ({names})", **counts, names=tuple(told))


_FEW: Final = 8
