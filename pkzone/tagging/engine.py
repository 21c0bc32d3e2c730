"""Columns for records by the versions in force on their dates."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import lru_cache
from threading import Lock
from typing import Any, Literal
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.layers.catalogue import Catalogue
from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.tagging.areas import ANSWERS, Areas, AreaTags
from pkzone.tagging.borders import LazyCache, border_bend_m
from pkzone.tagging.columns import Coded
from pkzone.tagging.geometries import (
    Lines,
    LineTags,
    line_bend_m,
    line_tags,
    ready,
    shape_tags,
)
from pkzone.tagging.layer_index import AreaIndex, LayerIndex, LineIndex, TagLayer, read_layers
from pkzone.tagging.summary import FAR_KM, SEVERAL

__all__ = ["Kind", "Tagger", "looks_swapped"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]
Days = npt.NDArray[np.datetime64]
Kind = Literal["text", "number", "flag"]
Values = dict[str, Any]
Found = dict[str, npt.NDArray[Any]]

_SWAPPED_BEYOND_DEG = 5.0
_LEAST_RADIUS_KM = 6335.4  # the least radius of curvature of WGS 84
_PRECISE_M = 0.01  # what distances are good to unless a notice says otherwise
_SAME = 1e-6  # of metres, and of shares: what another way of reckoning may differ by
Box = tuple[float, float, float, float]


class Tagger:
    """Tag records by the layers asked for; small enough to be sent to other processes.

    Spatial indexes are made when they are first needed, and stay behind when it is sent; copies
    that arrive in one process share theirs. All methods may be called from several threads.

    Attributes
    ----------
    kinds : dict of str to str
        Names of the columns that `points` and `shapes` return, in order, with what each holds:
        ``text``, ``number`` or ``flag``.
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
        self._cache = _shared(self._key)
        self.time_zone = time_zone
        self.kinds = {
            self._name(layer, part): kind
            for layer in layers
            for part, kind in self._parts(layer).items()
        }

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
        """Return the tagger for some layers of a catalogue, in the order of the columns.

        The parameters are those of `pkzone.tag`; ``shares`` asks for a column with the share of a
        line or area that lies inside.

        Raises
        ------
        LayerNotFound
            The catalogue has no such layer.
        CannotTag
            A layer asked for has no geometry in any version, or none has any.
        CatalogueError, HashMismatch, GeoJSONError
            The catalogue or a file of it is missing or damaged.
        """
        source = open_catalogue(catalogue)
        found = read_layers(layers, source)
        return cls(found, source.time_zone, distances=distances, shares=shares, prefix=prefix)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_cache"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _cache=_shared(state["_key"]))

    def points(self, lon: Array, lat: Array, day: Days, last: Days | None = None) -> Values:
        """Return the columns of records that are points.

        Parameters
        ----------
        lon, lat : ndarray of float64, shape (n,)
            Degrees on WGS 84. A record whose place is not finite, or not on earth, has nulls.
        day : ndarray of datetime64[D], shape (n,)
            Civil dates of the catalogue; NaT gives nulls.
        last : ndarray of datetime64[D], shape (n,), optional
            The last days of records that may be of several.

        Returns
        -------
        dict of str to Coded or ndarray
            By the names in `kinds`: `Coded` for text; float64 for numbers, NaN is null; int8
            for flags, -1 is null. Of a record that several versions of a layer hold for, the
            version is all of them, with ``;`` between; an answer that is not the same in all is
            `SEVERAL`, and what else is not the same is null.
        """
        lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
        good = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)  # NaN is not good

        def found(layer: TagLayer, number: int, row: Indices) -> Found:
            return self._of_points(layer, number, lon[row], lat[row])

        return self._by_version(day, last, good, found)

    def shapes(self, geometries: Shapes, day: Days, last: Days | None = None) -> Values:
        """Return the columns of records that are points, lines or areas, None for none.

        What is empty, not finite or not on earth has nulls; else as `points` does. A line or area
        is `inside` or `outside` if all of it is, by more than the uncertainty; `partly` if it
        reaches both sides by more than that; else `uncertain`. Distances are those of its nearest
        place, 0 where it meets the feature.
        """
        is_point = shapely.get_type_id(geometries) == shapely.GeometryType.POINT
        is_point &= ~shapely.is_empty(geometries)
        lonlat = np.full((len(geometries), 2), np.nan)
        lonlat[is_point] = shapely.get_coordinates(geometries[is_point])
        records = np.full(len(geometries), None, dtype=object)
        records[~is_point] = ready(geometries[~is_point])
        good = (np.abs(lonlat) <= (180, 90)).all(axis=1) | ~shapely.is_missing(records)

        def found(layer: TagLayer, number: int, row: Indices) -> Found:
            single = is_point[row]
            points = self._of_points(layer, number, *lonlat[row[single]].T)
            shapes = self._of_shapes(layer, number, records[row[~single]])
            order = np.argsort(np.argsort(~single, kind="stable"))  # points were taken first
            return {part: np.concatenate([points[part], shapes[part]])[order] for part in points}

        return self._by_version(day, last, good, found)

    @property
    def box(self) -> Box:
        """West, south, east and north of all layers."""
        wests, souths, easts, norths = zip(*(layer.box for layer in self._layers), strict=True)
        return min(wests), min(souths), max(easts), max(norths)

    def notices(self) -> Iterator[str]:
        """Yield why distances to some layers are less precise than elsewhere."""
        for layer in self._layers:
            bend_m = max(map(_bend_m, layer.indexes))
            if bend_m > _PRECISE_M:
                yield (
                    f"layer {layer.name}: its edges are so long, and so many, that distances to "
                    f"it may be off by {bend_m:.2f} m"
                )

    def have_several(self, day: Days, last: Days) -> Flags:
        """Tell for which days, and last days, more than one version of a layer holds."""
        found = np.zeros(len(day), dtype=bool)
        for layer in self._layers:
            begin, end = (np.searchsorted(layer.starts, one, side="right") for one in (day, last))
            found |= (end > begin) & ~np.isnat(day) & ~np.isnat(last)
        return found

    def odd_places(self, west: Array, south: Array, east: Array, north: Array) -> dict[str, Flags]:
        """Tell which records are at 0, 0, look swapped, or else are far off, by their bounds."""
        zero = (west == 0) & (south == 0) & (east == 0) & (north == 0)
        swapped = self.looks_swapped(west, south) & (west == east) & (south == north)
        far = self._far_off(west, south, east, north) & ~zero & ~swapped
        return {"zero": zero, "swapped": swapped, "far": far}

    def _far_off(self, west: Array, south: Array, east: Array, north: Array) -> Flags:
        """Tell which records are more than `FAR_KM` from the box of all layers.

        By what a degree has at least: no record nearer than that is among them.
        """
        box = self.box
        off_lat = np.fmax(box[1] - north, south - box[3])
        off_lon = np.fmax(box[0] - east, west - box[2])
        most = np.degrees(FAR_KM / _LEAST_RADIUS_KM)
        far: Flags = np.asarray(off_lat > most)
        row = np.flatnonzero(~far & (off_lon > most))
        # Nearest is the edge of the box to one side of the earth or to the other.
        around = np.fmin(
            off_lon[row], 360 - (np.fmax(east[row], box[2]) - np.fmin(west[row], box[0]))
        )
        lat = np.fmax(np.abs(south[row]), np.abs(north[row]))
        to_meridian = np.arcsin(
            np.cos(np.radians(lat)) * np.sin(np.radians(np.clip(around, 0, 90)))
        )
        far[row] = to_meridian * _LEAST_RADIUS_KM > FAR_KM
        return far

    def looks_swapped(self, lon: Array, lat: Array) -> Flags:
        """Tell which places lie far from all layers, but amid them if lon and lat are swapped."""
        return looks_swapped(self.box, lon, lat)

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

    def _named(
        self, layer: TagLayer, made: dict[str, npt.NDArray[Any]], versions: tuple[str, ...]
    ) -> Values:
        values = {"version": versions, "answer": (*ANSWERS, SEVERAL), "feature": layer.ids}
        return {
            self._name(layer, part): Coded(found, values[part]) if part in values else found
            for part, found in made.items()
        }

    def _by_version(
        self,
        day: Days,
        last: Days | None,
        good: Flags,
        find: Callable[[TagLayer, int, Indices], Found],
    ) -> Values:
        """Return all columns, each filled for the records of one version after the other."""
        values: Values = {}
        sound = good & ~np.isnat(day)
        for layer in self._layers:
            version = np.searchsorted(layer.starts, day, side="right") - 1
            version[~sound] = -1
            row = np.arange(len(day))
            made = self._of_versions(layer, version, row, find)
            versions = layer.versions
            if last is not None:
                final = np.searchsorted(layer.starts, last, side="right") - 1
                final[~sound] = -1
                longer = final > version
                versions = self._over_versions(
                    layer, made, version, np.where(longer, final, -1), find
                )
            values |= self._named(layer, made, versions)
        return values

    def _of_versions(
        self,
        layer: TagLayer,
        version: Indices,
        rows: Indices,
        find: Callable[[TagLayer, int, Indices], Found],
    ) -> dict[str, npt.NDArray[Any]]:
        """Return the columns of one layer for some rows, each by its version."""
        made = self._blank(layer, len(rows))
        made["version"][:] = version
        index = np.where(version >= 0, layer.index_of[version], -1)
        for number in np.unique(index[index >= 0]).tolist():
            place = np.flatnonzero(index == number)
            for part, found in find(layer, number, rows[place]).items():
                if part in made:
                    made[part][place] = found
        return made

    def _over_versions(
        self,
        layer: TagLayer,
        made: dict[str, npt.NDArray[Any]],
        version: Indices,
        final: Indices,
        find: Callable[[TagLayer, int, Indices], Found],
    ) -> tuple[str, ...]:
        """Fill in the records that several versions hold for, up to ``final``, which is -1 else.

        Returns the texts of versions, to which those of several together are added.
        """
        texts = list(layer.versions)
        spans = np.column_stack((version, final))
        for first, end in np.unique(spans[final >= 0], axis=0).tolist():
            rows = np.flatnonzero((version == first) & (final == end))
            held = [one for one in range(first, end + 1) if _holds_for_a_day(layer, one)]
            answers = [
                self._of_versions(layer, np.full(len(rows), one), rows, find) for one in held
            ]
            for part, blank in self._blank(layer, 1).items():
                none = np.int32(len(ANSWERS)) if part == "answer" else blank[0]
                begin = answers[0][part]
                same = np.logical_and.reduce([_equal(begin, one[part]) for one in answers])
                made[part][rows] = np.where(same, begin, none)
            made["version"][rows] = len(texts)
            texts.append(";".join("" if one < 0 else layer.versions[one] for one in held))
        return tuple(texts)

    def _of_points(self, layer: TagLayer, number: int, lon: Array, lat: Array) -> Found:
        """Tag places by one index of a layer."""
        index = self._index(layer, number)
        if not isinstance(index, Areas):
            return _found(layer, number, index.tags(lon, lat)) if self._distances else {}
        if self._distances:
            return _found(layer, number, index.tags(lon, lat))
        answer, area = index.answers(lon, lat)
        return {"answer": answer, "feature": layer.codes[number][area]}

    def _of_shapes(self, layer: TagLayer, number: int, shapes: Shapes) -> Found:
        """Tag lines and areas by one index of a layer."""
        index = self._index(layer, number)
        if isinstance(index, Areas):
            return _found(layer, number, shape_tags(index, shapes, distances=self._distances))
        return _found(layer, number, line_tags(index, shapes)) if self._distances else {}

    def _index(self, layer: TagLayer, number: int) -> Areas | Lines:
        """Return the searchable form of an index, made now if it is not there yet."""

        def made() -> Areas | Lines:
            index = layer.indexes[number]
            return Areas(index) if isinstance(index, AreaIndex) else Lines(index)

        return self._cache.get((layer.name, number), made)


def looks_swapped(box: Box, lon: Array, lat: Array) -> Flags:
    """Tell which places lie far from a box, but in it if lon and lat are swapped."""
    west, south, east, north = box
    most = _SWAPPED_BEYOND_DEG
    near = (lon >= west - most) & (lon <= east + most)
    near &= (lat >= south - most) & (lat <= north + most)
    swapped = (lat >= west) & (lat <= east) & (lon >= south) & (lon <= north)
    return np.asarray(swapped & ~near, np.bool_)


def _found(layer: TagLayer, number: int, tags: AreaTags | LineTags) -> Found:
    """Return what one index of a layer says, by the last part of the names of columns."""
    found: Found = {one.name: getattr(tags, one.name) for one in fields(tags)}
    found["feature"] = layer.codes[number][tags.feature]
    index = layer.indexes[number]
    if isinstance(index, LineIndex):
        found["in_use"] = np.array([*index.in_use, -1], np.int8)[tags.feature]
    return found


def _bend_m(index: LayerIndex) -> float:
    """Return by how much the pieces that stand for the edges of a version leave them at most."""
    if isinstance(index, AreaIndex):
        return border_bend_m(index.polygons)
    return line_bend_m(index.lines)


def _holds_for_a_day(layer: TagLayer, version: int) -> bool:
    """Tell whether a version, or that before all (-1), is not followed by another on its day."""
    after = version + 1
    return version < 0 or after == len(layer.starts) or layer.starts[after] > layer.starts[version]


def _equal(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> Flags:
    """Tell which values are the same; null is, with null."""
    equal: Flags = (one == other) | ((one != one) & (other != other))
    if one.dtype.kind == "f":
        equal |= np.abs(one - other) < _SAME
    return equal


_SHARING = Lock()


@lru_cache(maxsize=8)
def _recent(_key: str) -> LazyCache:
    return LazyCache()


def _shared(key: str) -> LazyCache:
    """Return what the copies of a tagger in this process have made; kept for eight taggers."""
    with _SHARING:  # else two threads that ask for one key at a time could get two
        return _recent(key)
