"""The marks of a difference on a map: one for each stretch, area or place that differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import shapely
from shapely.geometry import mapping
from shapely.strtree import STRtree

from pkzone.compare.published import is_schematic
from pkzone.geo.convert import repaired, shape_of
from pkzone.layers.terms import IN_USE
from pkzone.reports.changes import controllers_of

if TYPE_CHECKING:
    from pkzone.compare.result import Change, Diff, RouteDiff, Section
    from pkzone.geojson.model import Feature

__all__ = ["Mark", "in_hands", "is_not_in_use", "json_geometry", "marks_in_hands", "marks_of"]

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
    controller : str or None
        Of what changed hands: who controls it now, or did before.
    is_schematic : bool
        Whether all of it is a line of straight segments between known points.
    """

    row: str
    sheet: str
    change: str
    side: str
    id: str | int | None
    geometry: dict[str, Any]
    not_in_use: bool = False
    controller: str | None = None
    is_schematic: bool = False


#: The least share of a stretch that is schematic for all of it to count so.
_WHOLLY: Final = 0.99
#: The sheets of what came and went, for what changed hands.
_HANDS: Final = {"added": "taken", "removed": "given"}


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
        if not _belongs_to_a_route(change, diff.routes):
            yield from _of_change(f"change/{number}", change, ground)


def marks_in_hands(
    diff: Diff, base: Iterable[Feature], target: Iterable[Feature]
) -> Iterator[Mark]:
    """Yield the marks of a difference, those of control as what changed hands."""
    for mark in marks_of(diff, base, target):
        of, number = mark.row.split("/")[:2]
        yield in_hands(mark, diff.changes[int(number)]) if of == "change" else mark


def in_hands(mark: Mark, change: Change) -> Mark:
    """Return a mark of a change as what changed hands where the change is one of control.

    What says control on the ground is neither gained nor lost: it goes from ``added`` and
    ``removed`` to the sheets ``taken`` and ``given``. `web/scripts/compare/difference.js` does
    the same.
    """
    before, after = map(controllers_of, (change.base, change.target))
    if mark.change == "moved" and before == after:
        return mark
    if mark.sheet in _HANDS and (controller := after if mark.side == "target" else before):
        return replace(mark, sheet=_HANDS[mark.sheet], controller=controller)
    if mark.sheet in ("changed", "kept") and before and after and before != after:
        return replace(mark, sheet="taken", controller=after)
    return mark


def json_geometry(shape: shapely.Geometry | None) -> dict[str, Any] | None:
    """Return a computed geometry as GeoJSON with six decimals; none for an empty one."""
    if shape is None or shape.is_empty:
        return None
    geometry = dict(mapping(shape))
    if "coordinates" not in geometry:
        return _areas_of(shape)
    return geometry | {"coordinates": _rounded(geometry["coordinates"])}


def _areas_of(shape: shapely.Geometry) -> dict[str, Any] | None:
    """Return the areas in a collection; lines and points are what an overlay leaves over."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return json_geometry(shapely.MultiPolygon(parts)) if parts else None


def _rounded(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return list(map(_rounded, value))
    return round(float(value), _DECIMALS) + 0.0


def _of_section(row: str, of: str | int | None, section: Section) -> Iterator[Mark]:
    geometry = json_geometry(section.geometry)
    if geometry is not None:
        rough = (section.schematic_m or 0.0) > _WHOLLY * section.length_m
        side = _SIDE[section.kind]
        yield Mark(row, section.kind, section.kind, side, of, geometry, is_schematic=rough)


def _belongs_to_a_route(change: Change, routes: Iterable[RouteDiff]) -> bool:
    base = {segment for route in routes for segment in route.segments_base}
    target = {segment for route in routes for segment in route.segments_target}
    before = any(feature.id in base for feature in change.base)
    after = any(feature.id in target for feature in change.target)
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
    marks = [mark for part in change.sections for mark in _of_section(row, change.id, part)]
    parts = (("removed", "lost", change.lost), ("added", "gained", change.gained))
    for sheet, word, shape in parts:
        geometry = json_geometry(ground.net(shape, sheet))
        if geometry is not None:
            marks.append(Mark(row, sheet, word, _SIDE[sheet], change.id, geometry))
    if not marks and change.geometry_class == "moved":
        marks += _whole(row, "removed", "moved", change.base)
        marks += _whole(row, "added", "moved", change.target)
    yield from marks or _whole(row, "kept", change.kind, change.target)


def _whole(row: str, sheet: str, word: str, features: Iterable[Feature]) -> Iterator[Mark]:
    side = "base" if sheet == "removed" else "target"
    for feature in features:
        if feature.geometry is not None:
            yield Mark(
                row,
                sheet,
                word,
                side,
                feature.id,
                feature.geometry,
                not_in_use=is_not_in_use(feature),
                is_schematic=is_schematic(feature),
            )


def is_not_in_use(feature: Feature) -> bool:
    """Tell whether a road or link is not in use; other features have no such status."""
    status = feature.properties.get("status")
    return "mode" in feature.properties and isinstance(status, str) and status not in IN_USE


class _Ground:
    """Ground that a layer of areas covers on either side; other layers have none."""

    def __init__(self, diff: Diff, base: Iterable[Feature], target: Iterable[Feature]) -> None:
        self._sides: dict[str, STRtree] = {}
        if diff.areas is not None:
            changed = {
                "added": [feature for change in diff.changes for feature in change.base],
                "removed": [feature for change in diff.changes for feature in change.target],
            }
            for sheet, features in (("added", base), ("removed", target)):
                shapes = map(_sound, list(features) or changed[sheet])
                self._sides[sheet] = STRtree([shape for shape in shapes if not shape.is_empty])

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
        for feature in features:
            geometry = json_geometry(self.net(_sound(feature), sheet))
            if geometry is None:
                yield from _whole(row, "kept", word, [feature])
            else:
                yield Mark(row, sheet, word, _SIDE[sheet], feature.id, geometry)


def _sound(feature: Feature) -> shapely.Geometry:
    return repaired(shape_of(feature.geometry))[0]
