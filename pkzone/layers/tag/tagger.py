"""Columns for records by the versions in force on their dates."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from pkzone.layers.catalogue import Catalogue
from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.layers.tag.areas import ANSWERS, Areas
from pkzone.layers.tag.lines import Lines
from pkzone.layers.tag.once import Once
from pkzone.layers.tag.reading import TagLayer, read_layers
from pkzone.layers.tag.scenes import AreaScene, LineScene

__all__ = ["Coded", "Column", "Tagger"]

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Days = npt.NDArray[np.datetime64]
Kind = Literal["text", "number", "flag"]
Values = dict[str, Any]

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

    Spatial indexes are made when they are first needed, and stay behind when it is sent. All
    methods may be called from several threads.

    Attributes
    ----------
    columns : tuple of Column
        What `points` and `shapes` return, in order.
    time_zone : str
        The catalogue's: on whose civil dates its versions take effect.
    """

    def __init__(
        self, layers: tuple[TagLayer, ...], time_zone: str, *, distances: bool, prefix: str
    ) -> None:
        self._layers = layers
        self._distances = distances
        self._prefix = prefix
        self._once = Once()
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
        return cls(found, source.time_zone, distances=distances, prefix=prefix)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_once"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _once=Once())

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
        good = (np.abs(lon) <= 180) & (np.abs(lat) <= 90) & ~np.isnat(day)  # NaN is not good
        values: Values = {}
        for layer in self._layers:
            version = np.searchsorted(layer.starts, day, side="right") - 1
            version[~good] = -1
            made = self._blank(layer, len(lon))
            made["version"][:] = version
            scene = np.where(version >= 0, layer.scene_of[version], -1)
            for number in np.unique(scene[scene >= 0]).tolist():
                row = np.flatnonzero(scene == number)
                for part, found in self._found(layer, number, lon[row], lat[row]).items():
                    made[part][row] = found
            values |= self._named(layer, made)
        return values

    def looks_swapped(self, lon: Array, lat: Array) -> npt.NDArray[np.bool_]:
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

    def _found(
        self, layer: TagLayer, number: int, lon: Array, lat: Array
    ) -> dict[str, npt.NDArray[Any]]:
        """Return what one scene of a layer says of some places."""
        scene, codes = layer.scenes[number], self._codes(layer, number)
        if isinstance(scene, AreaScene):
            index = self._once.get((layer.name, number), lambda: Areas(scene))
            if not self._distances:
                answer, area = index.answers(lon, lat)
                return {"answer": answer, "feature": codes[area]}
            tags = index.tags(lon, lat)
            feature, border_m = codes[tags.feature], tags.border_m
            return {"answer": tags.answer, "feature": feature, "border_m": border_m}
        if not self._distances:
            return {}
        lines = self._once.get((layer.name, number), lambda: Lines(scene))
        near = lines.tags(lon, lat)
        found: dict[str, npt.NDArray[Any]] = {"feature": codes[near.feature]}
        found["distance_m"] = near.distance_m
        if isinstance(scene, LineScene):
            in_use = np.array([*scene.in_use, -1], np.int8)[near.feature]
            found |= {"chainage_m": near.chainage_m, "in_use": in_use}
        return found

    def _codes(self, layer: TagLayer, number: int) -> npt.NDArray[np.int32]:
        """Return the code of each feature of a scene, and of none (-1) at the end."""

        def made() -> npt.NDArray[np.int32]:
            code = {label: place for place, label in enumerate(layer.ids)}
            return np.array([*(code[label] for label in layer.scenes[number].ids), -1], np.int32)

        return self._once.get((layer.name, number, "codes"), made)
