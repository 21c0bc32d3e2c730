"""Lines that a person digitised from satellite images: ``lines/LINK.geojson``, one file a link."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from shapely.geometry import shape

from authoring.plane import on_grid
from authoring.roads import Drawn
from authoring.states import FactsError
from pkzone import geojson
from pkzone.errors import GeoJSONError

FOLDER = Path(__file__).parent / "lines"
LICENCES = ("CC0-1.0", "CC-BY-4.0")  # what may be part of layers under CC BY 4.0
PROPERTIES = {"sources", "licence", "uncertainty_m"}
WEST, SOUTH, EAST, NORTH = 44.0, 38.0, 49.5, 42.0  # the region of the layers, in degrees
NOTE = "Digitised by hand from satellite images, under {licence}."


def with_lines(
    drawn: Mapping[str, Drawn], folder: Path, links: Collection[str], sources: Collection[str]
) -> dict[str, Drawn]:
    """Return the drawn links of a layer, those with a file in the folder as that file has them.

    Parameters
    ----------
    drawn : mapping
        The links of one layer as the recipe draws them, by id.
    folder : Path
        Folder of the files.
    links : collection of str
        Ids of the links of every layer, which a file may be named after.
    sources : collection of str
        Ids of ``sources.json``.

    Raises
    ------
    FactsError
        A file is not named after a link, or breaks a rule; the message names both.
    """
    files = {path.stem: path for path in sorted(folder.glob("[!.]*")) if path.name != "README.md"}
    for link, path in files.items():
        if path.suffix != ".geojson" or link not in links:
            raise FactsError(f"lines/{path.name}: must be named LINK.geojson after a drawn link")
    return {
        link: _line(files[link], line, sources) if link in files else line
        for link, line in drawn.items()
    }


def _line(path: Path, replaced: Drawn, sources: Collection[str]) -> Drawn:
    """Return the line of one file, in the place of what the recipe draws."""
    where = f"lines/{path.name}"
    try:
        features = geojson.parse(path.read_bytes(), name=where).features
    except GeoJSONError as error:
        raise FactsError(str(error)) from error
    except OSError as error:
        raise FactsError(f"{where}: cannot be read: {error.strerror}") from error
    if len(features) != 1:
        raise FactsError(f"{where}: must hold one feature, not {len(features)}")
    (feature,) = features
    if feature.id not in (None, path.stem):
        raise FactsError(f"{where}: its feature has the id {feature.id!r}, not {path.stem!r}")
    geometry = feature.geometry or {"type": None}
    if geometry["type"] != "LineString":
        raise FactsError(f"{where}: must be a LineString, not {geometry['type']}")
    if replaced.geometry.geom_type == "Point":
        raise FactsError(f"{where}: {path.stem} is a point, which no line replaces")
    _check_positions(where, geometry["coordinates"])
    _check_properties(where, feature.properties, replaced, sources)
    return replace(
        replaced,
        geometry=on_grid(shape(geometry)),
        basis="digitised",
        uncertainty_m=feature.properties["uncertainty_m"],
        sources=tuple(feature.properties["sources"]),
        note=NOTE.format(licence=feature.properties["licence"]),
    )


def _check_positions(where: str, positions: list[list[float]]) -> None:
    for position in positions:
        lon, lat = position[:2]
        if len(position) > 2:
            raise FactsError(f"{where}: has heights, which the layers do not hold")
        if not (WEST <= lon <= EAST and SOUTH <= lat <= NORTH):
            swapped = WEST <= lat <= EAST and SOUTH <= lon <= NORTH
            why = "latitude stands before longitude" if swapped else "lies outside the region"
            raise FactsError(f"{where}: [{lon}, {lat}]: {why}")


def _check_properties(
    where: str, given: Mapping[str, Any], replaced: Drawn, sources: Collection[str]
) -> None:
    if set(given) != PROPERTIES:
        odd = ", ".join(sorted(set(given) ^ PROPERTIES))
        raise FactsError(f"{where}: must have the properties {_list(PROPERTIES)} alone, see: {odd}")
    if given["licence"] not in LICENCES:
        raise FactsError(f"{where}: licence is {given['licence']!r}, must be {_list(LICENCES)}")
    off_m = given["uncertainty_m"]
    if type(off_m) is not int or not 1 <= off_m < replaced.uncertainty_m:
        below = f"from 1 to {replaced.uncertainty_m - 1}, better than the line it replaces"
        raise FactsError(f"{where}: uncertainty_m must be a whole number {below}, not {off_m!r}")
    named = given["sources"]
    if not isinstance(named, list) or not named or not all(isinstance(s, str) for s in named):
        raise FactsError(f"{where}: sources must be a list of ids of sources.json")
    if missing := sorted(set(named) - set(sources)):
        raise FactsError(f"{where}: sources.json has no {_list(missing)}")


def _list(words: Collection[str]) -> str:
    return ", ".join(sorted(words))
