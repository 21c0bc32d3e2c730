"""Say what lies around a map: regions that its catalogue names, elsewhere the countries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain, pairwise
from math import cos, radians
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pkzone.layers.model import Region

if TYPE_CHECKING:
    import shapely

    from pkzone.layers.catalogue import Catalogue

__all__ = ["BORDERS_FROM_M", "SOURCE", "borders_of", "is_world", "regions_around"]

Point = tuple[float, float]

Box = tuple[float, float, float, float]

#: What the countries are from, as a record of CSL-JSON.
SOURCE: Final = {
    "id": "natural-earth-110m",
    "type": "dataset",
    "title": "Natural Earth, 1:110m: countries, with English names",
    "publisher": "Natural Earth",
    "URL": "https://www.naturalearthdata.com/",
    "note": "public domain; thinned",
}
#: How many metres a pixel has at least where borders are drawn: they are half a degree off at most,
#: which a closer view would show.
BORDERS_FROM_M: Final = 1500.0
_FILE: Final = Path(__file__).parent / "world.json"
_PREFIX: Final = "world/"
#: Degrees that the countries are shown for at least, either way, and how much wider than the map.
_LEAST: Final = (12.0, 8.0)
_WIDER: Final = 2.5
#: The least height for a width of what is shown, and the other way round.
_FLATTEST: Final = 0.7
#: Wider than this a map tells by itself where it lies.
_WIDEST: Final = 120.0
#: Where in the map a name is tried, as shares of its size from the middle.
_PLACES: Final = ((-0.25, 0.3), (0.25, 0.3), (-0.25, -0.3), (0.25, -0.3), (0, 0))
#: The least part of what is shown that a piece of land has.
_PIECE: Final = 0.002


def regions_around(catalogue: Catalogue, home: Sequence[float] | None) -> tuple[Region, ...]:
    """Return the regions that tell where a map lies.

    Parameters
    ----------
    catalogue : Catalogue
        Its regions count where the map is among them.
    home : sequence of float, optional
        West, south, east and north of the map, degrees; none is nowhere.

    Returns
    -------
    tuple of Region
        Elsewhere the countries by Natural Earth, cut off some way round the map; none where all
        of their land lies to one side of it. Where the shipped catalogue has its own regions
        there is none of them: names are placed there by hand, on undisputed ground.
    """
    if home is None:
        return ()
    west, south, east, north = home
    points = [at for one in catalogue.regions for at in chain(one.labels, *one.outline)]
    if points and _meet((west, south, east, north), _bounds(points)):
        return catalogue.regions
    content = _content()
    if east < west or _meet((west, south, east, north), tuple(content["without"])):
        return ()
    countries = list(_countries(content["countries"], (west, south, east, north)))
    land = [at for one in countries for at in chain(*one.outline)]
    if not land or not _meet((west, south, east, north), _bounds(land)):
        return ()
    return tuple(sorted(countries, key=lambda one: (-len(one.labels), one.id)))


def is_world(regions: Sequence[Region]) -> bool:
    """Tell whether regions are countries of the world and not a catalogue's."""
    return any(one.id.startswith(_PREFIX) for one in regions)


def borders_of(regions: Sequence[Region]) -> list[list[Point]]:
    """Return the coasts and borders of countries of the world as lines, to be the ground of a map.

    Parameters
    ----------
    regions : sequence of Region
        What `regions_around` returned; a catalogue's own have borders in its layers.

    Returns
    -------
    list of list of (float, float)
        Longitude and latitude, degrees. Where countries were cut off round the map is not a line.
    """
    if not is_world(regions):
        return []
    rings = [ring for one in regions for ring in one.outline]
    west, south, east, north = _bounds(list(chain.from_iterable(rings)))
    lines: list[list[Point]] = []
    for ring in rings:
        line: list[Point] = []
        for a, b in pairwise((*ring, ring[0])):
            is_cut = a[0] == b[0] in (west, east) or a[1] == b[1] in (south, north)
            if is_cut or not line or line[-1] != a:
                line = []
            if not is_cut:
                if not line:
                    lines.append(line := [a])
                line.append(b)
    return lines


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return content


def _bounds(points: Sequence[tuple[float, float]]) -> Box:
    (west, east), (south, north) = ((min(axis), max(axis)) for axis in zip(*points, strict=True))
    return west, south, east, north


def _meet(one: Box, other: Box) -> bool:
    return all(one[i] <= other[i + 2] and other[i] <= one[i + 2] for i in (0, 1))


def _countries(countries: Sequence[dict[str, Any]], home: Box) -> Iterator[Region]:
    """Yield the countries round a map, cut off, each with points in the map and beside it."""
    import shapely

    west, south, east, north = home
    x, y = (west + east) / 2, (south + north) / 2
    shrunk = max(0.2, cos(radians(y)))  # a degree of longitude, in degrees of latitude
    wide = max(_LEAST[0] / shrunk, _WIDER * (east - west)) / 2
    high = max(_LEAST[1] / 2, _WIDER * (north - south) / 2, _FLATTEST * wide * shrunk)
    wide = max(wide, _FLATTEST * high / shrunk)
    if 2 * wide > _WIDEST:
        return
    window = shapely.box(x - wide, max(-90, y - high), x + wide, min(90, y + high))
    corners = [
        (round(x + a * (east - west), 4), round(y + b * (north - south), 4)) for a, b in _PLACES
    ]
    for country in countries:
        area = shapely.union_all([
            shapely.make_valid(shapely.Polygon([(a / 10, b / 10) for a, b in _pairs(ring)]))
            for ring in country["outline"]
        ])  # fmt: skip
        pieces = [
            one
            for one in shapely.get_parts(area.intersection(window))
            if one.geom_type == "Polygon" and one.area > _PIECE * window.area
        ]
        if pieces:
            largest = max(pieces, key=lambda one: float(one.area))
            on_map = [at for at in corners if area.contains(shapely.Point(at))]
            outline = tuple(
                tuple((float(a), float(b)) for a, b in one.exterior.coords[:-1]) for one in pieces
            )
            name = country["name"]
            labels = (_spot(largest), *on_map)
            yield Region(_PREFIX + name, {"name": name}, labels, outline)


def _pairs(ring: Sequence[int]) -> Iterator[tuple[int, int]]:
    return zip(ring[::2], ring[1::2], strict=True)


def _spot(area: shapely.Geometry) -> tuple[float, float]:
    """Return a point well inside an area."""
    point = area.point_on_surface()
    return round(point.x, 2), round(point.y, 2)
