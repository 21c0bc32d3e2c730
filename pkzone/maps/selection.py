"""Resolve references to the layers, versions, dates and extent that a map shows."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from pkzone.errors import BadDate, BadOption, BadReference, VersionNotFound
from pkzone.layers.catalogue import Catalogue, Layer, Version
from pkzone.layers.dates import day_of
from pkzone.layers.references import FileReference, LayerReference, parse
from pkzone.maps.file_times import Times
from pkzone.maps.own_layers import Box, FileLayer, FileOptions, open_files
from pkzone.maps.style import BASE, FOCUS, PLACES

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "Reference",
    "Selection",
    "ShownLayer",
    "day_named",
    "day_of_files",
    "layers_near",
    "select",
]

#: What a map can be asked to show.
Reference: TypeAlias = "str | os.PathLike[str] | gpd.GeoDataFrame"
Named: TypeAlias = tuple[str, LayerReference]


@dataclass(frozen=True, slots=True)
class ShownLayer:
    """A layer on the map with the versions it can show; a fixed one ignores the date."""

    layer: Layer
    versions: tuple[Version, ...]
    fixed: bool = False

    @property
    def is_base(self) -> bool:
        """Tell whether the layer belongs to the base drawing."""
        return self.layer.name in BASE


@dataclass(frozen=True, slots=True)
class Selection:
    """The layers, dates and extent of a map.

    Attributes
    ----------
    layers : tuple of ShownLayer
        The layers, in the catalogue's order.
    dates : tuple of datetime.date
        The days on which any of them changes: the stops of the slider, oldest first.
    on : datetime.date or None
        The day the map opens on; none for a map of nothing but files without dates.
    home : tuple of float or None
        (west, south, east, north) in degrees that the map opens on; none when all is empty.
    files : tuple of FileLayer
        Files and frames, in the order asked for.
    around : tuple of ShownLayer
        The places, where they are not among the layers: their names tell where the map is.
    has_layers : bool
        Whether layers are asked for; those under nothing but files are only the base drawing.
    """

    layers: tuple[ShownLayer, ...]
    dates: tuple[date, ...]
    on: date | None
    home: Box | None
    files: tuple[FileLayer, ...] = ()
    around: tuple[ShownLayer, ...] = ()
    has_layers: bool = True


def select(
    catalogue: Catalogue,
    refs: Iterable[Reference] = (),
    on: str | date | None = None,
    options: FileOptions = FileOptions(),  # noqa: B008 - frozen
) -> Selection:
    """Return what a map of some references shows.

    Parameters
    ----------
    catalogue : Catalogue
        Where the layers are.
    refs : iterable of str, os.PathLike or GeoDataFrame
        ``LAYER`` (all its versions), ``LAYER@VERSION`` or ``LAYER@DATE`` (that one, whatever
        the date), a path to a GeoJSON file, ``-`` for standard input, or a frame; none at all
        means every layer. The base drawing and the names of places are added where a layer is
        shown, or where files lie in them.
    on : str or datetime.date, optional
        The day to open on; else the catalogue's default date, else its newest version; of files
        alone the last day on which a feature of theirs begins.
    options : FileOptions, optional
        Properties of files that their looks, names and days come from.

    Raises
    ------
    BadReference
        A layer or a file is named twice.
    BadDate, LayerNotFound, VersionNotFound
        There is no such date, layer or version, or nothing is in force on ``on``.
    BadOption
        A day is named for files that have none, or a property that no file has.
    GeoJSONError
        A file is missing or refused.
    """
    named, opened = _split_references(catalogue, refs)
    zone = catalogue.time_zone if named else "UTC"
    files = open_files(opened, catalogue, options, zone)
    times = [file.times for file in files if file.times and file.times.stops]
    stops = {day for one in times for day in one.stops}
    reach = _padded(_union(file.extent for file in files))
    if files and not named:
        if on is not None and not stops:
            raise BadOption(
                "files have no dates to open on; leave out --on, name a layer too, or the property "
                "that has dates with --time"
            )
        base, around = (layers_near(catalogue, names, reach) for names in (BASE, (PLACES,)))
        day = day_of_files(times, on)
        return Selection(base, tuple(sorted(stops)), day, reach, files, around, has_layers=False)
    if not catalogue:
        raise VersionNotFound("the catalogue has no versions yet; publish one first")
    chosen = _chosen(catalogue, named)
    visible = tuple(
        chosen.get(layer.name) or ShownLayer(layer, layer.versions)
        for layer in catalogue.layers
        if not named or layer.name in chosen or layer.name in BASE
    )
    theme = [one for one in visible if not one.is_base or one.layer.name in chosen] or list(visible)
    home = _union([_home(theme), reach])
    shown = {one.layer.name for one in visible}
    around = tuple(
        ShownLayer(layer, layer.versions)
        for layer in catalogue.layers
        if layer.name == PLACES and layer.versions and layer.name not in shown
    )
    moving = [one for one in theme if not one.fixed]
    if not moving and not stops:
        days = (_fixed_day(text, chosen) for text, _ in named)
        day = day_of(on, catalogue.time_zone) if on else max(days)
        return Selection(visible, (day,), day, home, files, around)
    dates = {version.valid_from for one in visible if not one.fixed for version in one.versions}
    dates |= stops
    if moving:
        day = _opening_day(catalogue, moving, sorted(dates), on)
    else:
        day = day_of_files(times, on) or max(dates)
    return Selection(visible, tuple(sorted(dates)), day, home, files, around)


def _split_references(
    catalogue: Catalogue, refs: Iterable[Reference]
) -> tuple[list[Named], list[str | gpd.GeoDataFrame]]:
    """Return the references to layers, each with its text, and the files and frames."""
    named: list[Named] = []
    opened: list[str | gpd.GeoDataFrame] = []
    for one in refs:
        if not isinstance(one, str | os.PathLike):
            opened.append(one)
        elif isinstance(parsed := parse(one, catalogue), FileReference):
            opened.append(parsed.path)
        else:
            named.append((str(one), parsed))
    return named, opened


def _chosen(catalogue: Catalogue, refs: Iterable[Named]) -> dict[str, ShownLayer]:
    chosen: dict[str, ShownLayer] = {}
    for text, reference in refs:
        layer = catalogue[reference.layer]
        if layer.name in chosen:
            raise BadReference(f"{layer.name} is named twice; a map shows one version at a time")
        if "@" not in text:
            chosen[layer.name] = ShownLayer(layer, layer.versions)
        else:
            version = layer.find(reference.version) if reference.version else layer.latest
            chosen[layer.name] = ShownLayer(layer, (version,), fixed=True)
    return chosen


def layers_near(
    catalogue: Catalogue, names: Collection[str], box: Sequence[float] | None
) -> tuple[ShownLayer, ...]:
    """Return layers as of the catalogue's default date, those that a box meets.

    Parameters
    ----------
    catalogue : Catalogue
        Where the layers are.
    names : collection of str
        Which ones count.
    box : sequence of float, optional
        West, south, east and north in degrees; none meets nothing.
    """
    near = []
    for layer in catalogue.layers:
        if layer.name not in names or not layer.versions:
            continue
        try:
            version = layer.on(catalogue.default_date) if catalogue.default_date else layer.latest
        except VersionNotFound:
            continue
        if box and version.bbox and _boxes_meet(box, version.bbox):
            near.append(ShownLayer(layer, (version,), fixed=True))
    return tuple(near)


def _boxes_meet(one: Sequence[float], other: Sequence[float]) -> bool:
    return all(one[i] <= other[i + 2] and other[i] <= one[i + 2] for i in (0, 1))


def day_of_files(times: Sequence[Times], on: str | date | None) -> date | None:
    """Return the day that files open on: as asked for, else the last on which anything begins."""
    if not times:
        return None
    first = min(one.stops[0] for one in times)
    if on is None:
        return max(one.newest for one in times)
    day = day_of(on)
    if day < first:
        raise BadDate(f"the files begin on {first}; open on that day or a later one")
    return day


def _padded(box: Box | None) -> Box | None:
    """Return a box of at least a hundredth of a degree, so that a single point has its place."""
    if box is None:
        return None
    west, south, east, north = box
    wide, high = (max(0.0, 0.01 - size) / 2 for size in (east - west, north - south))
    return (
        round(max(-180, west - wide), 6),
        round(max(-90, south - high), 6),
        round(min(180, east + wide), 6),
        round(min(90, north + high), 6),
    )


def _union(boxes: Iterable[Box | None]) -> Box | None:
    """Return the box round all boxes; none if there is none."""
    sides = list(zip(*filter(None, boxes), strict=True))
    if not sides:
        return None
    west, south, east, north = sides
    return min(west), min(south), max(east), max(north)


def _fixed_day(ref: str, chosen: dict[str, ShownLayer]) -> date:
    name, _, written = ref.partition("@")
    return day_named(written, chosen[name].versions[0], chosen[name].layer.time_zone)


def day_named(written: str | None, version: Version, zone: str) -> date:
    """Return the day a reference speaks of: its date as written, else that of its version."""
    try:
        return day_of(written or "", zone)
    except BadDate:
        return version.valid_from


def _opening_day(
    catalogue: Catalogue, moving: Sequence[ShownLayer], dates: Sequence[date], on: str | date | None
) -> date:
    layers = [one.layer for one in moving if one.versions]
    if not layers:
        return moving[0].layer.latest.valid_from
    earliest = min(layers, key=lambda layer: layer.versions[0].valid_from)
    if on is not None:
        day = day_of(on, catalogue.time_zone)
        earliest.on(day)
        return day
    day = catalogue.default_date or dates[-1]
    return day if day >= earliest.versions[0].valid_from else dates[-1]


def _home(theme: Sequence[ShownLayer]) -> Box | None:
    focus = [one for one in theme if one.layer.name in FOCUS]
    return _union(version.bbox for one in focus for version in one.versions) or _union(
        version.bbox for one in theme for version in one.versions
    )
