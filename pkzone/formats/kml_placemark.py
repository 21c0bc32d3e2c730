"""The geometry of a KML Placemark, and its style as the properties of simplestyle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pkzone.formats.xml_stream import Flaws, Node, Values, note_missing_heights, number, position

__all__ = ["SHAPES", "Styles", "TrackPoint", "drawn"]

_COLLECTIONS = ("MultiGeometry", "MultiTrack")
SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "Model", "Track", *_COLLECTIONS)
"""Elements that are drawn."""

Geometry = dict[str, Any]
Positions = list[list[float]]


@dataclass(frozen=True)
class TrackPoint:
    """A point of a track: of which part, its number in there, when, and where."""

    segment: int
    number: int
    time: str | None
    at: list[float]


def drawn(
    node: Node, place: str, values: Values, points: list[TrackPoint], flaws: Flaws
) -> Geometry | None:
    """Return the geometry of a Placemark, None if it has none that can be drawn.

    ``values`` takes what the geometry says beside its coordinates (how its heights are meant,
    when a track begins and ends), ``points`` those of its tracks, ``flaws`` what is left out.
    """
    reader = _Reader(place, values, points, flaws)
    shapes = [one for one in node.children if one.name in SHAPES]
    parts = [one for one in map(reader.geometry, shapes) if one is not None]
    geometry = parts[0] if len(parts) == 1 else _together(parts)
    if shapes and geometry is None:
        flaws.add("features without a geometry that can be drawn are kept without one", place)
    if geometry is not None:
        positions = list(_positions(geometry))
        note_missing_heights(positions, place, flaws)
        if "altitudeMode" not in values and not any(one[2] for one in positions if len(one) > 2):
            for one in positions:
                del one[2:]  # on the ground: the heights are not looked at, and zero
    return geometry


class _Reader:
    """Reads the shapes of one Placemark."""

    def __init__(self, place: str, values: Values, points: list[TrackPoint], flaws: Flaws) -> None:
        self._place = place
        self._values = values
        self._points = points
        self._flaws = flaws
        self._segments = 0

    def geometry(self, node: Node) -> Geometry | None:
        """Return the geometry of an element, None if none of it can be drawn."""
        self._modes(node)
        if node.name in _COLLECTIONS:
            parts = [self.geometry(one) for one in node.children if one.name in SHAPES]
            return _together([one for one in parts if one is not None])
        if node.name == "Track":
            return self._track(node)
        if node.name == "Model":
            return self._model(node)
        if node.name == "Polygon":
            return self._polygon(node)
        positions = _coordinates(node)
        if node.name == "Point":
            if len(positions) == 1:
                return {"type": "Point", "coordinates": positions[0]}
            self._left_out("points", f"{len(positions)} positions")
            return None
        if len(positions) > 1:
            return {"type": "LineString", "coordinates": positions}
        self._left_out("lines", f"{len(positions)} positions")
        return None

    def _left_out(self, what: str, why: str) -> None:
        self._flaws.add(f"{what} that cannot be drawn are left out", f"{self._place}: {why}")

    def _modes(self, node: Node) -> None:
        if node.value("altitudeMode") not in (None, "clampToGround", "clampToSeaFloor"):
            self._values.setdefault("altitudeMode", node.value("altitudeMode"))
        if node.value("extrude") not in (None, "0", "false"):
            self._values.setdefault("extrude", 1)

    def _polygon(self, node: Node) -> Geometry | None:
        outer = [ring for one in node.all("outerBoundaryIs") for ring in one.all("LinearRing")]
        inner = [ring for one in node.all("innerBoundaryIs") for ring in one.all("LinearRing")]
        if len(outer) != 1:
            self._left_out("areas", f"{len(outer)} outer rings")
            return None
        rings = []
        for ring in (*outer, *inner):
            positions = _coordinates(ring)
            if len(positions) > 2 and positions[0][:2] != positions[-1][:2]:
                self._flaws.add("rings that are open are closed", self._place)
                positions.append(list(positions[0]))
            elif len(positions) > 2 and positions[0] != positions[-1]:
                self._flaws.add("rings end at the height that they begin at", self._place)
                positions[-1] = list(positions[0])
            if len(positions) > 3:
                rings.append(positions)
            elif ring is outer[0]:
                self._left_out("areas", f"a ring of {len(positions)} positions")
                return None
            else:
                self._left_out("holes", f"a ring of {len(positions)} positions")
        return {"type": "Polygon", "coordinates": rings}

    def _model(self, node: Node) -> Geometry | None:
        location = node.child("Location")
        if location is None:
            self._left_out("models", "no location")
            return None
        texts = [location.value(name) for name in ("longitude", "latitude", "altitude")]
        given = [text or "" for text in texts[:2]] + [text for text in texts[2:] if text]
        self._flaws.add("of models only the place is kept", self._place)
        return {"type": "Point", "coordinates": position(given, location.line)}

    def _track(self, node: Node) -> Geometry | None:
        """Read a track; its times are those of its points only if there is one for each."""
        at = [position(one.plain_text().split(), one.line) for one in node.all("coord")]
        times = [one.plain_text() for one in node.all("when")]
        if len(times) != len(at):
            if times:
                why = f"{self._place}: {len(times)} times, {len(at)} points"
                self._flaws.add("times of tracks that do not match their points are left out", why)
            times = [""] * len(at)
        for i, (when, one) in enumerate(zip(times, at, strict=True)):
            self._points.append(TrackPoint(self._segments, i, when or None, list(one)))
        self._segments += 1
        stated = [one for one in times if one]
        if stated:
            self._values.setdefault("begin", stated[0])
            self._values["end"] = stated[-1]
            what = "times of the points of tracks are not kept; --layer track_points reads them"
            self._flaws.add(f"{what} as points", self._place, len(stated))
        for extra in ("angles", "Model", "ExtendedData"):
            if node.child(extra) is not None:
                self._flaws.add(f"<{extra}> of tracks is not kept", self._place)
        if len(at) > 1:
            return {"type": "LineString", "coordinates": at}
        self._left_out("tracks", f"{len(at)} positions")
        return None


def _coordinates(node: Node) -> Positions:
    """Return the positions of a shape, with any space around the commas."""
    return [
        position(one.split(","), element.line)
        for element in node.all("coordinates")
        for one in _without_space_at_commas(element.plain_text()).split()
    ]


def _without_space_at_commas(text: str) -> str:
    return ",".join(piece.strip() for piece in text.split(","))


def _together(parts: list[Geometry]) -> Geometry | None:
    """Return geometries as one: of one kind as that kind's many, else as a collection."""
    if not parts:
        return None
    kinds = {part["type"].removeprefix("Multi") for part in parts}
    if len(kinds) > 1 or kinds == {"GeometryCollection"}:
        return {"type": "GeometryCollection", "geometries": parts}
    coordinates: list[Any] = []
    for part in parts:
        many = part["type"].startswith("Multi")
        coordinates += part["coordinates"] if many else [part["coordinates"]]
    return {"type": f"Multi{kinds.pop()}", "coordinates": coordinates}


def _positions(geometry: Geometry) -> Iterator[list[float]]:
    if geometry["type"] == "GeometryCollection":
        for part in geometry["geometries"]:
            yield from _positions(part)
        return
    pending = [geometry["coordinates"]]
    while pending:
        one = pending.pop()
        if one and isinstance(one[0], list):
            pending += one
        else:
            yield one


_COLOR = re.compile(r"#?([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})\Z")
_UNKEPT = ("BalloonStyle", "LabelStyle")


class Styles:
    """The shared styles of a document."""

    def __init__(self) -> None:
        self._shared: dict[str, Node] = {}

    def add(self, node: Node) -> None:
        """Keep a style, or a map of styles, under its id."""
        if key := node.attributes.get("id"):
            self._shared.setdefault(key, node)

    def of(self, placemark: Node, geometry: dict[str, Any] | None, flaws: Flaws) -> dict[str, Any]:
        """Return how a feature is drawn, as far as its geometry shows it."""
        properties: dict[str, Any] = {}
        for node in placemark.children:
            style = self._resolved(node) if node.name != "Style" else node
            if style is None:
                flaws.add("styles that the file does not hold")
                continue
            for part in style.children:
                properties |= _properties(part)
                if part.name in _UNKEPT or part.child("Icon") is not None:
                    what = "<Icon>" if part.name == "IconStyle" else f"<{part.name}>"
                    flaws.add(f"{what} of styles is not kept")
        kinds = _kinds(geometry)
        return {
            name: value
            for name, value in properties.items()
            if _SHOWN[name.partition("-")[0]] & kinds
        }

    def _resolved(self, node: Node | None, depth: int = 0) -> Node | None:
        """Return the style behind an address, or behind the normal state of a map of styles."""
        if depth > 4 or node is None:
            return None
        if node.name == "Style":
            return node
        if node.name == "styleUrl":
            text = node.text
            return (
                self._resolved(self._shared.get(text[1:]), depth + 1) if text[:1] == "#" else None
            )
        for pair in node.all("Pair"):
            if pair.value("key") == "normal":
                return self._resolved(pair.child("Style") or pair.child("styleUrl"), depth + 1)
        return None


_SHOWN = {"stroke": {"LineString", "Polygon"}, "fill": {"Polygon"}, "marker": {"Point"}}


def _kinds(geometry: dict[str, Any] | None) -> set[str]:
    if geometry is None:
        return set()
    if geometry["type"] == "GeometryCollection":
        return {kind for part in geometry["geometries"] for kind in _kinds(part)}
    return {geometry["type"].removeprefix("Multi")}


def _properties(part: Node) -> dict[str, Any]:
    """Return the properties of a part of a style."""
    prefix = {"LineStyle": "stroke", "PolyStyle": "fill", "IconStyle": "marker-color"}
    name = prefix.get(part.name)
    if name is None:
        return {}
    found: dict[str, Any] = {}
    color = _COLOR.match(part.value("color") or "")
    if color:
        alpha, blue, green, red = color.groups()  # KML writes them the other way round
        found[name] = f"#{red}{green}{blue}".lower()
        if name != "marker-color" and alpha.lower() != "ff":
            found[f"{name}-opacity"] = round(int(alpha, 16) / 255, 2)
    width = number(part.value("width") or "")
    if name == "stroke" and width is not None:
        found["stroke-width"] = int(width) if width.is_integer() else width
    if name == "fill" and part.value("fill") in ("0", "false"):
        found["fill-opacity"] = 0
    return found
