"""The base drawing: boundaries with their status, rivers and lakes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import shapely
import shapely.ops

from authoring.areas import COMMUNITIES_REACH_M, Areas
from authoring.inputs import Inputs
from authoring.plane import on_grid, to_degrees, to_plane
from authoring.roads import NATURAL_EARTH, Drawn

BORDER_M = 2_000
WOF_EDGE_M = 500  # median 61 m against the settlements' community limits
FORMER_LINE_M = 2_500
RIVER_M = 1_000
RIVER_TOLERANCE_M = 150.0
FACING_M = 1_500.0
SHORT_M = 3_000.0  # shorter pieces of a line are not drawn
NEAR_ZONE = shapely.box(45.6, 39.4, 47.45, 40.5)
VIEW = shapely.box(44.6, 38.5, 48.0, 41.15)
FORMER_LINES = {
    "Former USSR oblast in 1991": "oblast-1991",
    "Ceasefire Line 1994": "ceasefire-line-1994",
}


@dataclass(frozen=True)
class Context:
    """Lines of the layers ``boundaries`` and ``physical`` by feature id."""

    inputs: Inputs
    areas: Areas

    def boundaries(self) -> dict[str, Drawn]:
        """Boundaries: the edge that cuts the areas, Natural Earth elsewhere, former lines."""
        entrance = self._border_at_entrance()
        lines = {"border-armenia-azerbaijan-entrance": _line(entrance, WOF_EDGE_M, "whosonfirst")}
        known = entrance.buffer(COMMUNITIES_REACH_M)
        for pair, line in self._international():
            lines[f"border-{pair}"] = _line(line.difference(known), BORDER_M)
        lines["district-lines"] = _line(self._district_lines(), BORDER_M, "whosonfirst")
        return lines | self._former_lines()

    def physical(self) -> dict[str, Drawn]:
        """Rivers and lakes by the name that Natural Earth gives them."""
        found: dict[str, list[shapely.Geometry]] = {}
        for path in ("zone/rivers_naturalearth.geojson", "zone/lakes_naturalearth.geojson"):
            for feature in self.inputs.features(path):
                if name := feature["properties"].get("name"):
                    shape = to_plane(shapely.geometry.shape(feature["geometry"]))
                    found.setdefault(name, []).append(shape)
        view = to_plane(VIEW)
        drawn = {}
        for name, shapes in found.items():
            whole = shapely.union_all(shapes).simplify(RIVER_TOLERANCE_M).intersection(view)
            if not whole.is_empty:
                drawn[name] = Drawn(
                    on_grid(to_degrees(whole)), "generalised", RIVER_M, (NATURAL_EARTH,)
                )
        return drawn

    @property
    def _communities_at_entrance(self) -> shapely.Geometry:
        """Return the block of communities with Tegh and Kornidzor, without the scattered ones."""
        return max(shapely.get_parts(self.areas.communities), key=lambda part: part.area)

    def _border_at_entrance(self) -> shapely.Geometry:
        """Return the outer edge of the Armenian communities towards Azerbaijan, in metres."""
        facing = shapely.union_all(list(self.areas.districts.values())).buffer(FACING_M)
        edge = self._communities_at_entrance.boundary
        pieces = shapely.get_parts(shapely.line_merge(edge.intersection(facing)))
        return max(pieces, key=lambda piece: piece.length)

    def _international(self) -> Iterator[tuple[str, shapely.Geometry]]:
        pairs: dict[str, list[shapely.Geometry]] = {}
        view = to_plane(VIEW)
        for feature in self.inputs.features("zone/international_boundaries_naturalearth.geojson"):
            sides = sorted(feature["properties"][side] for side in ("adm0_left", "adm0_right"))
            line = to_plane(shapely.geometry.shape(feature["geometry"])).intersection(view)
            if not line.is_empty:
                pairs.setdefault("-".join(sides).lower(), []).append(line)
        for pair, lines in sorted(pairs.items()):
            yield pair, shapely.line_merge(shapely.union_all(lines))

    def _district_lines(self) -> shapely.Geometry:
        edges = shapely.union_all([area.boundary for area in self.areas.districts.values()])
        borders = [line for _, line in self._international()] + [self._border_at_entrance()]
        near_border = shapely.union_all(borders).buffer(4_000.0)
        return shapely.line_merge(edges.intersection(to_plane(NEAR_ZONE)).difference(near_border))

    def _former_lines(self) -> dict[str, Drawn]:
        source = "zone/lines_nkao1991_ceasefire1994_naturalearth.geojson"
        found: dict[str, list[shapely.Geometry]] = {}
        for feature in self.inputs.features(source):
            line = to_plane(shapely.geometry.shape(feature["geometry"]))
            found.setdefault(FORMER_LINES[feature["properties"]["name"]], []).append(line)
        return {
            feature: _line(shapely.line_merge(shapely.union_all(lines)), FORMER_LINE_M)
            for feature, lines in found.items()
        }


def _line(line: shapely.Geometry, uncertainty_m: int, source: str = NATURAL_EARTH) -> Drawn:
    """Line in degrees on the grid, pieces too short to be seen left out."""
    pieces = [piece for piece in shapely.get_parts(line) if piece.length > SHORT_M]
    merged = shapely.multilinestrings(pieces) if len(pieces) > 1 else pieces[0]
    return Drawn(on_grid(to_degrees(merged)), "generalised", uncertainty_m, (source,))
