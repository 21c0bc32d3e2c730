"""Read GPX: waypoints, routes and tracks, and on request the points of the latter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pkzone.errors import printable
from pkzone.formats.xml_stream import (
    DocumentReader,
    Flaws,
    Node,
    Table,
    Values,
    line_or_none,
    note_missing_heights,
    number,
    parse,
    position,
    put,
)

__all__ = ["extra_layers", "layer_names", "open_layer"]

_POINTS = {"route_points": "routes", "track_points": "tracks"}
_KINDS = {"wpt": "waypoints", "rte": "routes", "trk": "tracks"}
_PARTS = ("trkseg", "trkpt", "rtept", "ele")
_WHOLE = ("number", "sat", "dgpsid")
_FRACTIONS = ("magvar", "geoidheight", "hdop", "vdop", "pdop", "ageofdgpsdata")
_OF_THE_FILE = ("name", "desc", "author", "copyright", "keywords", "time", "link", "extensions")


def _parsed(path: str) -> _Document:
    document = _Document()
    parse(path, "gpx", (*_KINDS, "trkseg", "trkpt", "rtept"), document.started, document.ended)
    return document


@dataclass(frozen=True)
class _Vertex:
    at: list[float]
    values: Values


class _Document:
    """The layers of a GPX, filled while it is parsed."""

    def __init__(self) -> None:
        self.tables = {name: Table() for name in (*_KINDS.values(), *_POINTS)}
        self.flaws = Flaws()
        self._vertices: list[_Vertex] = []
        self._segments: list[list[_Vertex]] = []

    def started(self, name: str, _attributes: dict[str, str], around: list[str]) -> None:
        """Note what is told of the file as a whole, for which features have no place."""
        if around[-1:] == ["metadata"] and name in _OF_THE_FILE:
            self.flaws.add("metadata of the file are not kept", f"<{name}>")

    def ended(self, node: Node, _around: list[str]) -> bool:
        """Take a feature, or a vertex of the one that is being read."""
        if node.name in ("trkpt", "rtept"):
            table = self.tables["track_points" if node.name == "trkpt" else "route_points"]
            at = self._position(node, table.flaws)
            self._vertices.append(_Vertex(at, _values(node, table)))
            return False
        if node.name == "trkseg":
            self._segments.append(self._vertices)
            self._vertices = []
            return False
        table = self.tables[_KINDS[node.name]]
        values = _values(node, table)
        if node.name == "wpt":
            at = self._position(node, table.flaws)
            table.rows.append((values, {"type": "Point", "coordinates": at}))
        elif node.name == "rte":
            self._line(table, values, [self._vertices], node.line, "route")
        else:
            self._line(table, values, self._segments, node.line, "track")
        self._vertices, self._segments = [], []
        return True

    def _position(self, node: Node, flaws: Flaws) -> list[float]:
        given = node.attributes
        at = position([given.get("lon", ""), given.get("lat", "")], node.line)
        text = node.value("ele")
        height = number(text or "")
        if height is not None:
            at.append(height)
        elif text is not None:
            flaws.add("heights that are no number are left out", f"line {node.line}")
        return at

    def _line(
        self, table: Table, values: Values, segments: list[list[_Vertex]], line: int, kind: str
    ) -> None:
        """Add a route or track, and its vertices to the layer of points."""
        name = values.get("name")
        place = f"{kind} {name}" if name else f"{kind} in line {line}"
        parts = []
        for part, segment in enumerate(segments):
            if len(segment) == 1:
                flaws, where = table.flaws, f"{place}, part {part + 1}"
                flaws.add("lines of one point are left out", where)
            elif segment:
                parts.append([vertex.at for vertex in segment])
        if not parts:
            table.flaws.add("features without a line are kept without a geometry", place)
        note_missing_heights([at for part in parts for at in part], place, table.flaws)
        self._points(len(table.rows), name, segments, kind)
        times = [one.values["time"] for part in segments for one in part if "time" in one.values]
        if times:
            put(values, "begin", times[0])
            put(values, "end", times[-1])
        counts = Counter(key for part in segments for one in part for key in one.values)
        for key, count in sorted(counts.items()):
            what = f"{printable(key, 40)} of the points of {kind}s is not kept"
            table.flaws.add(f"{what}; --layer {kind}_points reads them as points", count=count)
        table.rows.append((values, line_or_none(parts)))

    def _points(
        self, place: int, name: str | None, segments: list[list[_Vertex]], kind: str
    ) -> None:
        table = self.tables[f"{kind}_points"]
        for part, segment in enumerate(segments):
            for point, vertex in enumerate(segment):
                own: Values = {f"{kind}_fid": place}
                if name:
                    own[f"{kind}_name"] = name
                if kind == "track":
                    own["track_seg_id"] = part
                own["track_seg_point_id" if kind == "track" else "route_point_id"] = point
                for key, value in vertex.values.items():
                    put(own, key, value)
                table.rows.append((own, {"type": "Point", "coordinates": vertex.at}))


def _values(node: Node, table: Table) -> Values:
    """Return what an element says beside its place; names are those that GDAL gives."""
    values: Values = {}
    links = 0
    for child in node.children:
        if child.name in _PARTS:
            continue
        if child.name == "link":
            links += 1
            parts = {"href": child.attributes.get("href")}
            parts |= {part: child.value(part) for part in ("text", "type")}
            values |= {f"link{links}_{part}": text for part, text in parts.items() if text}
        elif child.name == "extensions":
            leaves = [leaf for leaf in _leaves(child) if leaf.text]
            table.untyped.update(put(values, leaf.name, leaf.text) for leaf in leaves)
        elif child.text:
            put(values, child.name, _typed(child, table.flaws))
    return values


def _leaves(node: Node) -> Iterator[Node]:
    for child in node.children:
        if child.children:
            yield from _leaves(child)
        else:
            yield child


def _typed(node: Node, flaws: Flaws) -> Any:
    if node.name not in (*_WHOLE, *_FRACTIONS, "time"):
        return flaws.text_of(node)
    text = node.plain_text()
    value = number(text) if node.name != "time" else None
    return text if value is None else int(value) if node.name in _WHOLE else value


_READER = DocumentReader(_parsed, _POINTS)
layer_names, extra_layers, open_layer = (
    _READER.layer_names,
    _READER.extra_layers,
    _READER.open_layer,
)
