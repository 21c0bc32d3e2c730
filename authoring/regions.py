"""The countries around: what they are called, where the name may stand, and their outlines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import shapely
from shapely.geometry import Point, shape

from authoring.inputs import Inputs
from authoring.names import Names
from authoring.states import FactsError

COUNTRIES = "world/countries_110m.geojson"
#: What the inset shows: the Caucasus, in degrees.
WINDOW = shapely.box(41, 37.6, 51, 43.6)


def regions(
    table: Iterable[Mapping[str, Any]], inputs: Inputs, names: Names
) -> Iterator[dict[str, Any]]:
    """Yield the regions of a table, each with the outline of the country that it is part of.

    Where two rows are part of one country, each outline is the parts that its labels lie in.

    Raises
    ------
    FactsError
        A label lies outside the country.
    """
    countries = {
        one["properties"]["name"]: shape(one["geometry"]) for one in inputs.features(COUNTRIES)
    }
    for row in table:
        labels = [Point(at) for at in row["labels"]]
        parts = [
            part
            for part in shapely.get_parts(countries[row["part_of"]])
            if any(part.contains(label) for label in labels)
        ]
        for label in labels:
            if not any(part.contains(label) for part in parts):
                raise FactsError(f"regions.json/{row['id']}: {label} is not in {row['part_of']}")
        seen = shapely.get_parts(shapely.union_all(parts).intersection(WINDOW))
        yield {
            "id": row["id"],
            **names.every_name(row["id"]),
            "labels": row["labels"],
            "outline": [_ring(part) for part in seen],
        }


def _ring(area: shapely.Polygon) -> list[list[float]]:
    """Return the outer ring of an area, without the vertex that closes it."""
    return [[round(lon, 2), round(lat, 2)] for lon, lat in area.exterior.coords[:-1]]
