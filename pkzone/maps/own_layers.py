"""Files and frames as layers of a map: any GeoJSON, whatever its properties and ids."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pkzone.errors import BadReference, MapTooLarge, printable
from pkzone.files.filetypes import title_of_path
from pkzone.geojson import reader
from pkzone.geojson.json_text import TooManyFeaturesError
from pkzone.geojson.model import Feature, FeatureCollection, Notice
from pkzone.geojson.reader import file_name
from pkzone.layers.identity import identified
from pkzone.maps import limits
from pkzone.maps.measures import bounds
from pkzone.maps.style import RULES, geometry_kind

if TYPE_CHECKING:
    import geopandas as gpd

    from pkzone.maps.geometry import Geometries

__all__ = ["FileLayer", "columns_of", "open_files", "payload_of", "title_of"]

#: Properties that name a feature, in any case of letters; the first one found counts.
LABELS: Final = ("name", "title", "label")
#: Properties in the table of a map of files.
MAX_COLUMNS: Final = 5
_UNPLAIN: Final = re.compile(r"[^a-z0-9]+")
_PARTS_OF_THE_PAGE: Final = ("uncertainty", "labels", "file")
_FRAME: Final = "<frame>"
_KINDS: Final = ("area", "line", "point", "none")


@dataclass(frozen=True, slots=True)
class FileLayer:
    """A file on a map.

    Attributes
    ----------
    name : str
        What the page calls it: letters, digits and hyphens, like the name of a layer.
    title : str
        What people read: the name of the file without its ending.
    features : tuple of Feature
        Its features, in its order, with the ids that `pkzone.layers.identity` finds.
    label : str
        The property that names a feature, ``name`` where none does.
    notices : tuple of Notice
        What was odd when it was read.
    """

    name: str
    title: str
    features: tuple[Feature, ...]
    label: str
    notices: tuple[Notice, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """``point``, ``line``, ``area`` or ``none`` for each feature."""
        return tuple(
            geometry_kind(one.geometry["type"] if one.geometry else None) for one in self.features
        )

    @property
    def names_points(self) -> bool:
        """Whether every point has a name."""
        pairs = zip(self.features, self.kinds, strict=True)
        points = [one for one, kind in pairs if kind == "point"]
        return bool(points) and all(_is_name(one.properties.get(self.label)) for one in points)


def open_files(
    files: Iterable[str | gpd.GeoDataFrame], taken: Collection[str]
) -> tuple[FileLayer, ...]:
    """Return files and frames as layers.

    Parameters
    ----------
    files : iterable of str or GeoDataFrame
        Paths, ``-`` for standard input, or frames in EPSG:4326.
    taken : collection of str
        Names that layers have already.

    Raises
    ------
    BadReference
        A file is named twice.
    GeoJSONError
        A file is missing or refused; see `pkzone.geojson.read`.
    """
    names = {*taken, *RULES, *_PARTS_OF_THE_PAGE}
    paths: set[str] = set()
    layers = []
    for one in files:
        if isinstance(one, str):
            path = one if one == "-" else os.path.realpath(one)
            if path in paths:
                raise BadReference(f"{printable(one)} is named twice; leave one out")
            paths.add(path)
            found = _read(one)
            shown = file_name(one)
            title = "stdin" if one == "-" else title_of_path(one)
        else:
            found, shown, title = _frame(one), _FRAME, _title_of_frame(one)
        found = identified(found, shown)
        name = _new_name(title, names)
        names.add(name)
        notices = (*found.notices, *_nothing_drawn(found.features, shown))
        layers.append(FileLayer(name, title, found.features, _label(found.features), notices))
    return tuple(layers)


def _read(path: str) -> FeatureCollection:
    try:
        return reader.read(path, ids_unique=False, most_features=limits.MOST_FEATURES)
    except TooManyFeaturesError:
        raise MapTooLarge(limits.too_many(f"{file_name(path)} has")) from None


def _nothing_drawn(features: Sequence[Feature], file: str) -> Iterator[Notice]:
    """Yield a notice if no feature of a file has a place."""
    if not features:
        yield Notice("empty", file, None, "is empty: it has no features, so nothing is drawn")
    elif all(one.geometry is None for one in features):
        message = f"none of its {len(features):,} features has a place, so nothing is drawn"
        yield Notice("empty", file, None, message)


def title_of(files: Sequence[FileLayer]) -> str:
    """Return what a map of these files is called."""
    return ", ".join(one.title for one in files)


def columns_of(files: Iterable[FileLayer]) -> tuple[str, ...]:
    """Return the properties that a table shows: those of most features, the first ones first."""
    found = [
        key for file in files for one in file.features for key in one.properties
        if key != file.label
    ]  # fmt: skip
    return tuple(key for key, _ in Counter(found).most_common(MAX_COLUMNS))


def payload_of(file: FileLayer, geometries: Geometries) -> dict[str, Any]:
    """Return a file as a layer of the payload, of one version that holds on every day.

    States stand in the order in which they are drawn: large areas first, points last. A
    feature without an id gets its number in the file as one, with ``made_up`` to tell.
    """
    shapes = [one.geometry for one in file.features if one.geometry is not None]
    where = iter(geometries.add_all(shapes, alone=True))
    ids = {str(one.id) for one in file.features if one.id is not None}
    features: list[dict[str, Any]] = []
    states: list[dict[str, Any]] = []
    for number, one in enumerate(file.features):
        own = one.id if one.id is not None else _new_id(number + 1, ids)
        features.append({"id": own, "shared": {}} | ({"made_up": True} if one.id is None else {}))
        drawn = None if one.geometry is None else next(where)
        states.append({"feature": number, "geometry": drawn, "properties": one.properties})
    ranks = list(map(_rank, file.features, file.kinds))
    order = sorted(range(len(states)), key=ranks.__getitem__)
    return {
        "name": file.name, "title": file.title, "description": "", "fixed": True,
        "label": file.label, "features": features, "states": states,
        "versions": [{"id": "", "from": "", "to": None, "title": "", "events": [],
                      "states": order}],
    }  # fmt: skip


def _frame(frame: gpd.GeoDataFrame) -> FeatureCollection:
    from pkzone.compare.inputs import checked
    from pkzone.layers.frames import features_of_frame
    from pkzone.layers.references import is_frame

    if not is_frame(frame):
        raise TypeError(f"map references, paths or GeoDataFrames, not a {type(frame).__name__}")
    return checked(features_of_frame(frame), _FRAME, ids_unique=False)


def _title_of_frame(frame: gpd.GeoDataFrame) -> str:
    record = frame.attrs.get("pkzone")
    known = record if isinstance(record, dict) else {}
    file = known.get("file")
    return str(known.get("ref") or (file and title_of_path(str(file))) or "frame")


def _label(features: Iterable[Feature]) -> str:
    keys = {key for one in features for key, value in one.properties.items() if _is_name(value)}
    folded = {key.casefold(): key for key in sorted(keys, reverse=True)}
    return next((folded[one] for one in LABELS if one in folded), LABELS[0])


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _new_name(title: str, taken: Collection[str]) -> str:
    plain = _UNPLAIN.sub("-", title.casefold()).strip("-")[:40] or "file"
    name, number = plain, 1
    while name in taken:
        number += 1
        name = f"{plain}-{number}"
    return name


def _new_id(number: int, taken: Collection[str]) -> str:
    made = f"#{number}"
    while made in taken:
        made = f"#{made}"
    return made


def _rank(feature: Feature, kind: str) -> tuple[int, float]:
    box = bounds([feature.geometry]) if kind == "area" else None
    size = (box[2] - box[0]) * (box[3] - box[1]) if box else 0
    return _KINDS.index(kind), -size
