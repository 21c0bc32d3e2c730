"""What a map draws of a difference: a mark for each stretch, area or place that differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import shapely
from shapely.geometry import mapping
from shapely.strtree import STRtree

from pkzone.geo.convert import repaired, shape_of
from pkzone.layers.terms import IN_USE

if TYPE_CHECKING:
    from pkzone.compare.result import Change, Diff, RouteDiff, Section
    from pkzone.geojson.model import Feature

__all__ = ["Mark", "is_resting", "json_geometry", "marks_of"]

_SIDE: Final = {"kept": "base", "removed": "base", "added": "target"}
_DECIMALS: Final = 6


@dataclass(frozen=True, slots=True)
class Mark:
    """One drawn part of a difference.

    Attributes
    ----------
    row : str
        The row of the report that it belongs to: ``change/3``, ``section/0/2``.
    sheet : str
        Which rules of `pkzone.maps.diff.style` draw it.
    change, side, id : str, str, str, int or None
        What its element says: kind of change, ``base`` or ``target``, feature or route.
    geometry : dict
        GeoJSON, degrees of WGS 84.
    not_in_use : bool
        Whether it is a road or link that traffic does not follow.
    """

    row: str
    sheet: str
    change: str
    side: str
    id: str | int | None
    geometry: dict[str, Any]
    not_in_use: bool = False


def marks_of(
    diff: Diff, base: Iterable[Feature] = (), target: Iterable[Feature] = ()
) -> Iterator[Mark]:
    """Yield the marks of a difference, routes first.

    A segment of a route is told by the sections of its route: what it lost there is drawn
    once. It has a mark of its own only where nothing but its attributes differ. Of areas only
    the ground that no other feature covered before, or covers after, is gained or lost, as in
    the sums of the report.

    Parameters
    ----------
    diff : Diff
        The difference.
    base, target : iterable of Feature, optional
        All features of the two sides; without them, those that differ.
    """
    ground = _Ground(diff, base, target)
    for number, route in enumerate(diff.routes):
        for index, section in enumerate(route.sections):
            yield from _of_section(f"section/{number}/{index}", route.route, section)
    for number, change in enumerate(diff.changes):
        if not _is_told_by_a_route(change, diff.routes):
            yield from _of_change(f"change/{number}", change, ground)


def json_geometry(shape: shapely.Geometry | None) -> dict[str, Any] | None:
    """Return a computed geometry as GeoJSON with six decimals; none for an empty one."""
    if shape is None or shape.is_empty:
        return None
    found = dict(mapping(shape))
    found["coordinates"] = _rounded(found["coordinates"]) if "coordinates" in found else None
    return found if found["coordinates"] is not None else _areas_of(shape)


def _areas_of(shape: shapely.Geometry) -> dict[str, Any] | None:
    """Return the areas in a collection; lines and points are what an overlay leaves over."""
    parts = [one for one in shapely.get_parts(shape) if one.geom_type == "Polygon"]
    return json_geometry(shapely.MultiPolygon(parts)) if parts else None


def _rounded(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_rounded(one) for one in value]
    return round(float(value), _DECIMALS) + 0.0


def _of_section(row: str, of: str | int | None, section: Section) -> Iterator[Mark]:
    geometry = json_geometry(section.geometry)
    if geometry is not None:
        yield Mark(row, section.kind, section.kind, _SIDE[section.kind], of, geometry)


def _is_told_by_a_route(change: Change, routes: Iterable[RouteDiff]) -> bool:
    base = {segment for route in routes for segment in route.segments_base}
    target = {segment for route in routes for segment in route.segments_target}
    before = any(one.id in base for one in change.base)
    after = any(one.id in target for one in change.target)
    only_attributes = change.aspects == ("properties",) and before and after
    return (before or after) and not only_attributes


def _of_change(row: str, change: Change, ground: _Ground) -> Iterator[Mark]:
    if change.kind == "added":
        yield from ground.of(row, "added", "added", change.target)
    elif change.kind == "removed":
        yield from ground.of(row, "removed", "removed", change.base)
    elif "geometry" not in change.aspects:
        yield from _whole(row, "changed", change.kind, change.target)
    else:
        yield from _of_geometry(row, change, ground)


def _of_geometry(row: str, change: Change, ground: _Ground) -> Iterator[Mark]:
    """Yield what a modified geometry lost and gained; where that is nothing, its new shape."""
    found = [mark for one in change.sections for mark in _of_section(row, change.id, one)]
    parts = (("removed", "lost", change.lost), ("added", "gained", change.gained))
    for sheet, word, shape in parts:
        geometry = json_geometry(ground.net(shape, sheet))
        if geometry is not None:
            found.append(Mark(row, sheet, word, _SIDE[sheet], change.id, geometry))
    if not found and change.geometry_class == "moved":
        found += _whole(row, "removed", "moved", change.base)
        found += _whole(row, "added", "moved", change.target)
    yield from found or _whole(row, "kept", change.kind, change.target)


def _whole(row: str, sheet: str, word: str, features: Iterable[Feature]) -> Iterator[Mark]:
    side = "base" if sheet == "removed" else "target"
    for one in features:
        if one.geometry is not None:
            yield Mark(row, sheet, word, side, one.id, one.geometry, not_in_use=is_resting(one))


def is_resting(feature: Feature) -> bool:
    """Tell whether a road or link is not in use; other features have no such status."""
    status = feature.properties.get("status")
    return "mode" in feature.properties and isinstance(status, str) and status not in IN_USE


class _Ground:
    """What a layer of areas covers on either side; of other layers it leaves all as it is."""

    def __init__(self, diff: Diff, base: Iterable[Feature], target: Iterable[Feature]) -> None:
        self._sides: dict[str, STRtree] = {}
        if diff.areas is not None:
            changed = {
                "added": [one for change in diff.changes for one in change.base],
                "removed": [one for change in diff.changes for one in change.target],
            }
            for sheet, features in (("added", base), ("removed", target)):
                shapes = [_sound(one) for one in (list(features) or changed[sheet])]
                self._sides[sheet] = STRtree([one for one in shapes if not one.is_empty])

    def net(self, shape: shapely.Geometry | None, sheet: str) -> shapely.Geometry | None:
        """Return what of a shape the other side does not cover."""
        if shape is None or sheet not in self._sides:
            return shape
        tree = self._sides[sheet]
        return shapely.difference(shape, shapely.union_all(tree.geometries[tree.query(shape)]))

    def of(self, row: str, sheet: str, word: str, features: Iterable[Feature]) -> Iterator[Mark]:
        """Yield the marks of whole features; those covered on both sides are kept ground."""
        if sheet not in self._sides:
            yield from _whole(row, sheet, word, features)
            return
        for one in features:
            geometry = json_geometry(self.net(_sound(one), sheet))
            if geometry is None:
                yield from _whole(row, "kept", word, [one])
            else:
                yield Mark(row, sheet, word, _SIDE[sheet], one.id, geometry)


def _sound(feature: Feature) -> shapely.Geometry:
    return repaired(shape_of(feature.geometry))[0]
