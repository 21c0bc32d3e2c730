"""Columns for records by the versions in force on their dates."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Literal
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.layers.catalogue import Catalogue
from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.layers.recent import Recent
from pkzone.layers.tag.areas import ANSWERS, Areas
from pkzone.layers.tag.lines import Lines, LineTags
from pkzone.layers.tag.once import Once
from pkzone.layers.tag.reading import TagLayer, read_layers
from pkzone.layers.tag.records import ready
from pkzone.layers.tag.scenes import AreaScene, LineScene
from pkzone.layers.tag.shapes import ShapeTags, line_tags, shape_tags

__all__ = ["Coded", "Column", "Tagger"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]
Days = npt.NDArray[np.datetime64]
Kind = Literal["text", "number", "flag"]
Values = dict[str, Any]
Found = dict[str, npt.NDArray[Any]]

_SWAPPED_BEYOND_DEG = 5.0


@dataclass(frozen=True, slots=True)
class Column:
    """One column that is made: its name, and whether it holds text, numbers or flags."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of text: ``values[codes]``; the code -1 stands for null."""

    codes: npt.NDArray[np.int32]
    values: tuple[str, ...]


class Tagger:
    """What tags records: the layers asked for, small enough to be sent to other processes.

    Spatial indexes are made when they are first needed, and stay behind when it is sent; copies
    that arrive in one process share theirs. All methods may be called from several threads.

    Attributes
    ----------
    columns : tuple of Column
        What `points` and `shapes` return, in order.
    time_zone : str
        The catalogue's: on whose civil dates its versions take effect.
    """

    def __init__(
        self,
        layers: tuple[TagLayer, ...],
        time_zone: str,
        *,
        distances: bool,
        shares: bool,
        prefix: str,
    ) -> None:
        self._layers = layers
        self._distances = distances
        self._shares = shares
        self._prefix = prefix
        self._key = uuid4().hex
        self._once = _shared(self._key)
        self.time_zone = time_zone
        self.columns = tuple(
            Column(self._name(layer, part), kind)
            for layer in layers
            for part, kind in self._parts(layer).items()
        )

    @classmethod
    def of(
        cls,
        layers: Sequence[str] | None = None,
        *,
        catalogue: Catalogue | str | os.PathLike[str] | None = None,
        distances: bool = True,
        prefix: str = "",
        shares: bool = False,
    ) -> Tagger:
        """Return the tagger for some layers of a catalogue.

        Parameters
        ----------
        layers : sequence of str, optional
            Names, in the order of the columns. Without it zone, corridor, transport and places
            of the shipped catalogue; of another one all layers that have any geometry.
        catalogue : Catalogue, str or os.PathLike, optional
            The catalogue or its folder; without it the one that pkzone ships.
        distances : bool, optional
            False leaves out all that takes a distance, which is several times quicker.
        prefix : str, optional
            What the names of all columns begin with.
        shares : bool, optional
            Whether there is a column for the share of a line or area that lies inside.

        Raises
        ------
        LayerNotFound
            The catalogue has no such layer.
        CannotTag
            A layer asked for has no geometry in any version, or none has any.
        CatalogueError, HashMismatch, GeoJSONError
            The catalogue or a file of it is missing or damaged.
        """
        source = catalogue if isinstance(catalogue, Catalogue) else open_catalogue(catalogue)
        found = read_layers(layers, source)
        return cls(found, source.time_zone, distances=distances, shares=shares, prefix=prefix)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_once"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _once=_shared(state["_key"]))

    def points(self, lon: Array, lat: Array, day: Days) -> Values:
        """Return the columns of records that are points.

        Parameters
        ----------
        lon, lat : ndarray of float64, shape (n,)
            Degrees on WGS 84. A record whose place is not finite, or not on earth, has nulls.
        day : ndarray of datetime64[D], shape (n,)
            Civil dates of the catalogue; NaT gives nulls.

        Returns
        -------
        dict of str to Coded or ndarray
            By the names in `columns`: `Coded` for text; float64 for numbers, NaN is null; int8
            for flags, -1 is null.
        """
        lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
        good = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)  # NaN is not good

        def found(layer: TagLayer, number: int, row: Indices) -> Found:
            return self._of_points(layer, number, lon[row], lat[row])

        return self._by_version(day, good, found)

    def shapes(self, geometries: Shapes, day: Days) -> Values:
        """Return the columns of records that are points, lines or areas.

        Parameters
        ----------
        geometries : ndarray of shapely geometry or None, shape (n,)
            Degrees on WGS 84, of any type. What is empty, not finite or not on earth has nulls.
        day : ndarray of datetime64[D], shape (n,)
            Civil dates of the catalogue; NaT gives nulls.

        Returns
        -------
        dict of str to Coded or ndarray
            As `points` does. A line or area is `inside` or `outside` if all of it is, by more
            than the uncertainty; `partly` if it reaches both sides by more than that; else
            `uncertain`. Distances are those of its nearest place, 0 where it meets the feature.
        """
        is_point = shapely.get_type_id(geometries) == shapely.GeometryType.POINT
        is_point &= ~shapely.is_empty(geometries)
        lonlat = np.full((len(geometries), 2), np.nan)
        lonlat[is_point] = shapely.get_coordinates(geometries[is_point])
        records = np.full(len(geometries), None, dtype=object)
        records[~is_point] = ready(geometries[~is_point])
        good = (np.abs(lonlat) <= (180, 90)).all(axis=1) | ~shapely.is_missing(records)

        def found(layer: TagLayer, number: int, row: Indices) -> Found:
            single, other = is_point[row], ~is_point[row]
            points = self._of_points(layer, number, *lonlat[row[single]].T)
            shapes = self._of_shapes(layer, number, records[row[other]])
            return {part: _merged(single, points[part], shapes[part]) for part in points}

        return self._by_version(day, good, found)

    def looks_swapped(self, lon: Array, lat: Array) -> Flags:
        """Tell which places lie far from all layers, but amid them if lon and lat are swapped."""
        wests, souths, easts, norths = zip(*(layer.box for layer in self._layers), strict=True)
        west, south, east, north = min(wests), min(souths), max(easts), max(norths)
        most = _SWAPPED_BEYOND_DEG
        near = (lon >= west - most) & (lon <= east + most)
        near &= (lat >= south - most) & (lat <= north + most)
        swapped = (lat >= west) & (lat <= east) & (lon >= south) & (lon <= north)
        return np.asarray(swapped & ~near, np.bool_)

    def _parts(self, layer: TagLayer) -> dict[str, Kind]:
        """Return the columns of a layer by the last part of their names."""
        parts: dict[str, Kind] = {"version": "text"}
        if layer.family == "areas":
            parts |= {"answer": "text", "feature": "text"}
            if self._distances:
                parts["border_m"] = "number"
                if self._shares:
                    parts["share"] = "number"
        elif self._distances:
            parts |= {"feature": "text", "distance_m": "number"}
            if layer.family == "lines":
                parts |= {"chainage_m": "number", "in_use": "flag"}
        return parts

    def _name(self, layer: TagLayer, part: str) -> str:
        return f"{self._prefix}{layer.name}_{part}"

    def _blank(self, layer: TagLayer, count: int) -> dict[str, npt.NDArray[Any]]:
        nulls = {"text": np.int32(-1), "number": np.float64("nan"), "flag": np.int8(-1)}
        return {part: np.full(count, nulls[kind]) for part, kind in self._parts(layer).items()}

    def _named(self, layer: TagLayer, made: dict[str, npt.NDArray[Any]]) -> Values:
        values = {"version": layer.versions, "answer": ANSWERS, "feature": layer.ids}
        return {
            self._name(layer, part): Coded(found, values[part]) if part in values else found
            for part, found in made.items()
        }

    def _by_version(
        self,
        day: Days,
        good: Flags,
        find: Callable[[TagLayer, int, Indices], Found],
    ) -> Values:
        """Return all columns, each filled for the records of one version after the other."""
        values: Values = {}
        for layer in self._layers:
            version = np.searchsorted(layer.starts, day, side="right") - 1
            version[~good | np.isnat(day)] = -1
            made = self._blank(layer, len(day))
            made["version"][:] = version
            scene = np.where(version >= 0, layer.scene_of[version], -1)
            for number in np.unique(scene[scene >= 0]).tolist():
                row = np.flatnonzero(scene == number)
                for part, found in find(layer, number, row).items():
                    if part in made:
                        made[part][row] = found
            values |= self._named(layer, made)
        return values

    def _of_points(self, layer: TagLayer, number: int, lon: Array, lat: Array) -> Found:
        """Return what one scene of a layer says of some places."""
        codes, index = self._codes(layer, number), self._index(layer, number)
        if isinstance(index, Areas) and not self._distances:
            answer, area = index.answers(lon, lat)
            return {"answer": answer, "feature": codes[area]}
        if isinstance(index, Areas):
            one = index.tags(lon, lat)
            share = np.where(one.border_m < 0, 1.0, 0.0)
            tags = ShapeTags(one.answer, one.feature, one.border_m, share)
            return self._areas_found(codes, tags)
        if not self._distances:
            return {}
        return self._lines_found(layer, number, index.tags(lon, lat))

    def _of_shapes(self, layer: TagLayer, number: int, shapes: Shapes) -> Found:
        """Return what one scene of a layer says of some lines and areas."""
        codes, index = self._codes(layer, number), self._index(layer, number)
        if isinstance(index, Areas):
            return self._areas_found(codes, shape_tags(index, shapes, distances=self._distances))
        if not self._distances:
            return {}
        return self._lines_found(layer, number, line_tags(index, shapes))

    def _areas_found(self, codes: npt.NDArray[np.int32], tags: ShapeTags) -> Found:
        return {
            "answer": tags.answer,
            "feature": codes[tags.feature],
            "border_m": tags.border_m,
            "share": tags.share,
        }

    def _lines_found(self, layer: TagLayer, number: int, tags: LineTags) -> Found:
        scene = layer.scenes[number]
        used = scene.in_use if isinstance(scene, LineScene) else (False,) * len(scene.ids)
        return {
            "feature": self._codes(layer, number)[tags.feature],
            "distance_m": tags.distance_m,
            "chainage_m": tags.chainage_m,
            "in_use": np.array([*used, -1], np.int8)[tags.feature],
        }

    def _index(self, layer: TagLayer, number: int) -> Areas | Lines:
        """Return the index of a scene, made now if it is not there yet."""

        def made() -> Areas | Lines:
            scene = layer.scenes[number]
            return Areas(scene) if isinstance(scene, AreaScene) else Lines(scene)

        return self._once.get((layer.name, number), made)

    def _codes(self, layer: TagLayer, number: int) -> npt.NDArray[np.int32]:
        """Return the code of each feature of a scene, and of none (-1) at the end."""

        def made() -> npt.NDArray[np.int32]:
            code = {label: place for place, label in enumerate(layer.ids)}
            return np.array([*(code[label] for label in layer.scenes[number].ids), -1], np.int32)

        return self._once.get((layer.name, number, "codes"), made)


_RECENT: Recent[Once] = Recent(most_bytes=8)
_SHARING = Lock()


def _shared(key: str) -> Once:
    """Return what the copies of a tagger in this process have made; kept for eight taggers."""
    with _SHARING:
        found = _RECENT.get(key) or Once()
        _RECENT.put(key, found, 1)
    return found


def _merged(single: Flags, points: npt.NDArray[Any], shapes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    found = np.empty(len(single), points.dtype)
    found[single], found[~single] = points, shapes
    return found
