"""Read KML: Placemarks with their folder, times, data and style, and the points of tracks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from pkzone.formats.kml_placemark import SHAPES, Styles, TrackPoint, drawn
from pkzone.formats.xml_stream import DocumentReader, Flaws, Node, Table, Values, number, parse, put

__all__ = ["extra_layers", "layer_names", "open_layer"]

_TRACK_POINTS = "track_points"
_CONTAINERS = ("Document", "Folder")
_UNREAD = ("NetworkLink", "GroundOverlay", "ScreenOverlay", "PhotoOverlay", "Tour")
_UNITS = ("Placemark", "Style", "StyleMap", "Schema", "name", *_UNREAD)
_PLAIN = ("description", "address", "phoneNumber", "Snippet", "snippet")
_DATA_OF_CONTAINERS = (*_PLAIN[:-1], "TimeSpan", "TimeStamp", "ExtendedData")
_NUMBERED = {"visibility": 1, "drawOrder": 0}  # what says nothing of a feature is left out
_BOOLEAN = {"true": "1", "false": "0"}  # both are booleans of XML Schema
_TIMES = {"TimeStamp": {"when": "timestamp"}, "TimeSpan": {"begin": "begin", "end": "end"}}
_STYLED = ("Style", "StyleMap", "styleUrl")
_WHOLE = ("int", "uint", "short", "ushort")
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}


@dataclass
class _Container:
    """A Document or Folder: how deep it lies, its id, its name, and the folder around it."""

    kind: str
    depth: int
    around: _Container | None
    id: str = ""
    name: str = ""

    def path(self) -> str:
        """Return the names of the folders down to this one; of a Document there is none."""
        above = self.around.path() if self.around else ""
        own = self.name if self.kind == "Folder" else ""
        return f"{above}/{own}" if above and own else above or own


@dataclass
class _Placemark:
    values: Values
    geometry: dict[str, Any] | None
    container: _Container | None
    node: Node
    points: list[TrackPoint] = field(default_factory=list)


def _parsed(path: str) -> _Document:
    document = _Document()
    parse(path, "kml", _UNITS, document.started, document.ended)
    document.finish()
    return document


class _Document:
    """The Placemarks, styles and schemas of a KML, gathered while it is parsed."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {}
        self.flaws = Flaws()
        self._placemarks: list[_Placemark] = []
        self._containers: list[_Container] = []
        self._schemas: dict[str, dict[str, str]] = {}
        self._styles = Styles()

    def started(self, name: str, attributes: dict[str, str], around: list[str]) -> None:
        """Open a container; note what is told of one, for which features have no place."""
        if name in _CONTAINERS:
            inner = self._container(len(around))
            made = _Container(name, len(around) + 1, inner, attributes.get("id", ""))
            self._containers.append(made)
        elif around[-1:] and around[-1] in _CONTAINERS and name in _DATA_OF_CONTAINERS:
            self.flaws.add("what is told of folders is not kept", f"<{name}>")

    def _container(self, depth: int) -> _Container | None:
        """Return the container that an element of this depth lies in."""
        while self._containers and self._containers[-1].depth > depth:
            self._containers.pop()
        return self._containers[-1] if self._containers else None

    def ended(self, node: Node, around: list[str]) -> bool:
        """Take an element, but for those that are part of another one."""
        if around[-1] not in (*_CONTAINERS, "kml"):
            return True
        container = self._container(len(around))
        if node.name == "name" and container and not container.name:
            container.name = " ".join(node.text.split())
        elif node.name in _UNREAD:
            linked = node.name == "NetworkLink"
            what = "network links are not followed" if linked else f"<{node.name}> are not read"
            self.flaws.add(f"its {what}")
        elif node.name == "Schema":
            fields = {
                one.attributes.get("name", ""): one.attributes.get("type", "")
                for one in node.children
            }
            for key in (node.attributes.get("id"), node.attributes.get("name")):
                self._schemas.setdefault(key or "", fields)
        elif node.name == "Placemark":
            self._placemarks.append(self._placemark(node, container))
        else:
            self._styles.add(node)
        return True

    def _placemark(self, node: Node, container: _Container | None) -> _Placemark:
        values: Values = {}
        given = node.attributes.get("id", "")
        if given:
            values["id"] = given
        name = node.child("name")
        if name is not None:
            values["name"] = self.flaws.text_of(name)
        place = _shown(node)
        points: list[TrackPoint] = []
        geometry = drawn(node, place, values, points, self.flaws)
        for child in node.children:
            self._part(child, values)
        return _Placemark(values, geometry, container, _styles_of(node), points)

    def _part(self, node: Node, values: Values) -> None:
        """Take a part of a Placemark that is neither its name nor drawn."""
        if node.name in _PLAIN:
            name = "snippet" if node.name == "Snippet" else node.name
            put(values, name, self.flaws.text_of(node))
        elif node.name in _NUMBERED:
            plain = node.plain_text()
            value = number(_BOOLEAN.get(plain, plain))
            if value is not None and value != _NUMBERED[node.name]:
                put(values, node.name, int(value))
        elif node.name in _TIMES:
            for part, name in _TIMES[node.name].items():
                if text := node.value(part):
                    put(values, name, text)
        elif node.name == "ExtendedData":
            self._data(node, values)
        elif node.name not in (*SHAPES, *_STYLED, "name", "open"):
            self.flaws.add(f"<{node.name}> is not kept")

    def _data(self, node: Node, values: Values) -> None:
        """Take the data of a Placemark: pairs, rows of a schema, or elements of anybody's."""
        for child in node.children:
            if child.name == "Data":
                value = child.child("value")
                name = child.attributes.get("name") or "Data"
                put(values, name, self.flaws.text_of(value) if value else "")
            elif child.name == "SchemaData":
                types = self._schemas.get(child.attributes.get("schemaUrl", "").lstrip("#"), {})
                for one in child.children:
                    name = one.attributes.get("name", "")
                    if one.name == "SimpleData":
                        put(values, name, _typed(self.flaws.text_of(one), types.get(name, "")))
                    else:
                        self.flaws.add(f"<{one.name}> is not kept", name)
            else:
                put(values, child.name, self.flaws.text_of(child))

    def finish(self) -> None:
        """Sort the features into layers, once names of folders and styles are known."""
        folders = {_path(one.container) for one in self._placemarks}
        for one in self._placemarks:
            container = one.container
            folder = _path(container)
            if _is_made_up(one.values.get("id"), container):
                del one.values["id"]
            if folder and len(folders) > 1:
                put(one.values, "folder", folder)
            for name, value in self._styles.of(one.node, one.geometry, self.flaws).items():
                put(one.values, name, value)
            layer = folder or (container.name if container else "") or "Placemarks"
            self.tables.setdefault(layer, Table()).rows.append((one.values, one.geometry))
        if folders and folders != {""} and len(folders) == 1:
            self.flaws.add("the folder of all features is not kept", next(iter(folders)))
        self._points()
        for table in self.tables.values():
            _leave_out_empty(table)

    def _points(self) -> None:
        """Make the layer of the single points of tracks, unless a folder is called so."""
        if _TRACK_POINTS in self.tables:
            return
        table = Table()
        for place, one in enumerate(self._placemarks):
            for point in one.points:
                values: Values = {
                    "track_fid": place,
                    "track_name": one.values.get("name"),
                    "track_seg_id": point.segment,
                    "track_seg_point_id": point.number,
                    "time": point.time,
                }
                table.rows.append((values, {"type": "Point", "coordinates": point.at}))
        if table.rows:
            self.tables[_TRACK_POINTS] = table


def _shown(node: Node) -> str:
    """Return what a notice calls a Placemark."""
    found = node.child("name")
    name = " ".join(found.text.split()) if found is not None else ""
    return f"{name} in line {node.line}" if name else f"Placemark in line {node.line}"


def _path(container: _Container | None) -> str:
    return container.path() if container else ""


def _styles_of(node: Node) -> Node:
    """Return a Placemark with nothing but what says how it is drawn."""
    bare = Node(node.name, node.attributes, node.line)
    bare.children = [one for one in node.children if one.name in _STYLED]
    return bare


def _is_made_up(given: Any, container: _Container | None) -> bool:
    """Tell ids that GDAL made up for features without: the layer's name and a number."""
    if not isinstance(given, str) or container is None:
        return False
    layer, _, count = given.rpartition(".")
    return bool(layer) and layer in (container.id, container.name) and count.isdecimal()


def _typed(text: str, kind: str) -> Any:
    """Return a value of a schema's type; as text where it is not one of it."""
    if kind in _WHOLE and re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII):
        return int(text)
    if kind in ("double", "float"):
        value = number(text)
        return text if value is None else value
    return _BOOLEANS.get(text.lower(), text) if kind == "bool" else text


def _leave_out_empty(table: Table) -> None:
    """Leave out names and descriptions where no feature of a layer has any."""
    for name in ("name", "description", "snippet", "address", "phoneNumber", "timestamp"):
        if not any(values.get(name) for values, _ in table.rows):
            for values, _ in table.rows:
                values.pop(name, None)


_READER = DocumentReader(_parsed, (_TRACK_POINTS,))
layer_names, extra_layers, open_layer = (
    _READER.layer_names,
    _READER.extra_layers,
    _READER.open_layer,
)
