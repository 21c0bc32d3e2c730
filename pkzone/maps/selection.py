"""What a map shows: references become layers with their versions, dates and opening day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from pkzone.errors import BadDate, BadReference, VersionNotFound
from pkzone.layers.catalogue import Catalogue, Layer, Version
from pkzone.layers.dates import parse_day
from pkzone.layers.references import FileReference, parse

__all__ = ["BASE", "Selection", "Shown", "select"]

#: Layers that are drawn beneath whatever is asked for.
BASE: Final = ("physical", "boundaries")
#: Layers whose extent the map opens on, where there are any.
FOCUS: Final = ("zone", "corridor")


@dataclass(frozen=True, slots=True)
class Shown:
    """A layer on the map with the versions it can show; a fixed one ignores the date."""

    layer: Layer
    versions: tuple[Version, ...]
    fixed: bool = False

    @property
    def is_base(self) -> bool:
        """Whether the layer belongs to the base drawing."""
        return self.layer.name in BASE


@dataclass(frozen=True, slots=True)
class Selection:
    """What a map shows.

    Attributes
    ----------
    shown : tuple of Shown
        The layers, in the catalogue's order.
    dates : tuple of datetime.date
        The days on which any of them changes: the stops of the slider, oldest first.
    on : datetime.date
        The day the map opens on.
    home : tuple of float or None
        (west, south, east, north) in degrees that the map opens on; none when all is empty.
    """

    shown: tuple[Shown, ...]
    dates: tuple[date, ...]
    on: date
    home: tuple[float, float, float, float] | None


def select(
    catalogue: Catalogue, refs: Iterable[str] = (), on: str | date | None = None
) -> Selection:
    """Return what a map of some references shows.

    Parameters
    ----------
    catalogue : Catalogue
        Where the layers are.
    refs : iterable of str
        ``LAYER`` (all its versions), ``LAYER@VERSION`` or ``LAYER@DATE`` (that one, whatever
        the date); none at all means every layer. The base drawing is added.
    on : str or datetime.date, optional
        The day to open on; else the catalogue's default date, else its newest version.

    Raises
    ------
    BadReference
        A reference names a file, or a layer is named twice.
    BadDate, LayerNotFound, VersionNotFound
        There is no such date, layer or version, or nothing is in force on ``on``.
    """
    named = tuple(refs)
    if not catalogue:
        raise VersionNotFound("the catalogue has no versions yet; publish one first")
    chosen = {one.layer.name: one for one in _chosen(catalogue, named)}
    shown = tuple(
        chosen.get(layer.name) or Shown(layer, layer.versions)
        for layer in catalogue.layers
        if not named or layer.name in chosen or layer.name in BASE
    )
    theme = [one for one in shown if not one.is_base or one.layer.name in chosen] or list(shown)
    moving = [one for one in theme if not one.fixed]
    if not moving:
        day = parse_day(on) if on else max(_fixed_day(ref, chosen) for ref in named)
        return Selection(shown, (day,), day, _home(theme))
    dates = {version.valid_from for one in shown if not one.fixed for version in one.versions}
    day = _opening_day(catalogue, moving, sorted(dates), on)
    return Selection(shown, tuple(sorted(dates)), day, _home(theme))


def _chosen(catalogue: Catalogue, refs: Sequence[str]) -> Iterable[Shown]:
    seen = set()
    for text in refs:
        reference = parse(text, catalogue)
        if isinstance(reference, FileReference):
            raise BadReference(
                f"{reference.path!r} names a file; a map is drawn from the catalogue's layers: "
                f"{', '.join(catalogue)}"
            )
        layer = catalogue[reference.layer]
        if layer.name in seen:
            raise BadReference(f"{layer.name} is named twice; a map shows one version at a time")
        seen.add(layer.name)
        if "@" not in text:
            yield Shown(layer, layer.versions)
        else:
            version = layer.find(reference.version) if reference.version else layer.latest
            yield Shown(layer, (version,), fixed=True)


def _fixed_day(ref: str, chosen: dict[str, Shown]) -> date:
    """Return the day a fixed reference speaks of: its date as written, else its version's."""
    name, _, written = ref.partition("@")
    try:
        return parse_day(written)
    except BadDate:
        return chosen[name].versions[0].valid_from


def _opening_day(
    catalogue: Catalogue, moving: Sequence[Shown], dates: Sequence[date], on: str | date | None
) -> date:
    layers = [one.layer for one in moving if one.versions]
    if not layers:
        return moving[0].layer.latest.valid_from
    earliest = min(layers, key=lambda layer: layer.versions[0].valid_from)
    if on is not None:
        day = parse_day(on)
        earliest.on(day)
        return day
    day = catalogue.default_date or dates[-1]
    return day if day >= earliest.versions[0].valid_from else dates[-1]


def _home(theme: Sequence[Shown]) -> tuple[float, float, float, float] | None:
    focus = [one for one in theme if one.layer.name in FOCUS] or theme
    boxes = [version.bbox for one in focus for version in one.versions if version.bbox]
    boxes = boxes or [version.bbox for one in theme for version in one.versions if version.bbox]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)
