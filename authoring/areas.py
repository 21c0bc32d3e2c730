"""Areas of the zone and of control: one partition, cut once, so that versions share edges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Point, box

from authoring.inputs import Inputs
from authoring.plane import GRID_DEG, to_degrees, to_plane
from authoring.roads import Roads

STRIP_HALF_WIDTH_M = 2_500.0  # the statement of 10 November 2020: a corridor 5 km wide
HELD_BACK_M = 1_000.0  # round Lachin, Zabukh and Sus, handed over before the new strip
ROAD_MARGIN_M = 100.0  # keeps the drawn road inside the zone where it passes Shusha / Shushi
POCKET_M = 2_500.0
VILLAGE_M = 2_000.0
VILLAGE_LAND_M = 3_500.0  # how far a lost village's land reaches at most where no other is near
HEIGHT_M = 2_000.0
DRAWINGS_DIFFER_M = 2_000.0  # the oblast of Natural Earth against the districts
SMALL_HEIGHT_M = 1_000.0
DISTRICT_TOLERANCE_M = 300.0
BORDER_TOLERANCE_M = 60.0
COMMUNITIES_REACH_M = 3_000.0  # this near, the communities decide where the border is
SEAM_M = 300.0
SPECK_M2 = 50_000.0

LOST_NEAR_SHUSHA = ("shusha", "dashalti", "sighnag", "chanagchi", "garabulag")
SETTLEMENTS = {"city", "town", "village"}
DISTRICTS = {
    "aghdam-district": "Ağdam",
    "kalbajar-district": "Kəlbəcər",
    "lachin-district": "Laçın",
}


@dataclass(frozen=True)
class Areas:
    """Parts of the zone and of the control layer as unions of atoms of one partition."""

    inputs: Inputs
    roads: Roads

    @cached_property
    def zone(self) -> dict[str, shapely.Geometry]:
        """Parts of the responsibility zone by feature id, in degrees on the grid."""
        core = self._where("core")
        old = self._where("old_strip") & ~core
        new = self._where("new_strip") & ~core
        return {
            "core": self._union(core),
            "corridor-old": self._union(old),
            "corridor-old-without-settlements": self._union(old & ~self._where("held_back")),
            "corridor-new": self._union(new),
            "hadrut-pocket": self._union(self._where("pocket")),
        }

    @cached_property
    def control(self) -> dict[str, shapely.Geometry]:
        """Areas reported to have changed hands, by feature id, in degrees on the grid.

        They do not overlap: what had passed before is left out of what passed later.
        """
        core, old, new = (self._where(name) for name in ("core", "old_strip", "new_strip"))
        handed = ~(core | old | self._where("oblast") | self._where("pocket"))
        masks = {feature: self._where(feature) & handed for feature in DISTRICTS}
        masks["hadrut-pocket"] = self._where("pocket")
        masks["farrukh"] = self._where("farrukh") & core
        masks["saribaba-height"] = self._where("saribaba") & core
        masks["girkhgiz-height"] = self._where("girkhgiz") & core
        masks["buzdukh-height"] = self._where("buzdukh") & core
        masks["lachin-zabukh-sus"] = old & ~core & ~new
        masks["height-2054"] = self._where("height_2054") & core & ~masks["saribaba-height"]
        passed = np.logical_or.reduce(list(masks.values()))
        masks["rest-of-zone"] = (core | old) & ~passed
        return {feature: self._union(mask) for feature, mask in masks.items()}

    @cached_property
    def armenia(self) -> shapely.Geometry:
        """Armenia where it borders the districts: its communities; beyond them Natural Earth."""
        reach = self.inputs.armenian_communities.buffer(COMMUNITIES_REACH_M)
        beyond = self._armenia_of_natural_earth.difference(reach)
        return shapely.union_all([self.communities, beyond])

    @cached_property
    def communities(self) -> shapely.Geometry:
        """The Armenian communities, slightly generalised: the border at the entrance, in metres."""
        return self.inputs.armenian_communities.simplify(BORDER_TOLERANCE_M)

    @cached_property
    def districts(self) -> dict[str, shapely.Geometry]:
        """Districts round the zone, generalised together so that they still fit, in metres."""
        wanted = self.inputs.districts
        near = to_plane(box(45.4, 38.85, 47.6, 40.65))
        names = [name for name, area in wanted.items() if area.intersects(near)]
        simple = shapely.coverage_simplify([wanted[n] for n in names], DISTRICT_TOLERANCE_M)
        return dict(zip(names, simple, strict=True))

    @cached_property
    def _core(self) -> shapely.Geometry:
        [drawn] = self.inputs.shapes("zone/nk_post2020_wof.geojson")
        return drawn.difference(self.districts["Laçın"]).difference(self._shusha_wedge)

    @cached_property
    def _shusha_wedge(self) -> shapely.Geometry:
        """Cells of the settlements listed as lost against the others, this side of the road."""
        places = {
            key: to_plane(Point(place["lonlat"]))
            for key, place in self.inputs.gazetteer.items()
            if place["kind"] in SETTLEMENTS
        }
        cells = shapely.get_parts(shapely.voronoi_polygons(MultiPoint(list(places.values()))))
        lost = [
            cell.intersection(places[key].buffer(VILLAGE_LAND_M))
            for key in LOST_NEAR_SHUSHA
            for cell in cells
            if cell.contains(places[key])
        ]
        [drawn] = self.inputs.shapes("zone/nk_post2020_wof.geojson")
        area = shapely.union_all(lost).intersection(drawn)
        area = area.difference(self.roads.old_road.buffer(ROAD_MARGIN_M))
        pieces = [p for p in shapely.get_parts(area) if not self._across_the_road(p)]
        return shapely.union_all(pieces)

    def _across_the_road(self, piece: shapely.Geometry) -> bool:
        """Whether a piece lies on the other side of the road from Dashalti."""
        dashalti = to_plane(Point(self.inputs.gazetteer["dashalti"]["lonlat"]))
        sight = LineString([piece.representative_point(), dashalti])
        return bool(sight.crosses(self.roads.old_road))

    @cached_property
    def _armenia_of_natural_earth(self) -> shapely.Geometry:
        lines = self.inputs.shapes("zone/international_boundaries_naturalearth.geojson")
        frame = to_plane(shapely.segmentize(box(44.505, 38.5, 48.49, 41.19), 0.02))
        cells = frame.difference(shapely.union_all(lines).buffer(SEAM_M))
        inside = to_plane(Point(45.5, 40.4))
        [armenia] = [cell for cell in shapely.get_parts(cells) if cell.contains(inside)]
        return armenia.buffer(SEAM_M).simplify(BORDER_TOLERANCE_M)

    @cached_property
    def _sources(self) -> Mapping[str, shapely.Geometry]:
        """Areas that the partition is cut along, in metres."""
        at = self.inputs.waypoints
        villages = [at["lachin"], at["zabukh"], self._place("sus")]
        held_back = shapely.union_all([v.buffer(HELD_BACK_M) for v in villages])
        bars = [self.armenia, self._shusha_wedge]
        new_route = shapely.union_all(
            [to_plane(self.roads.corridor()[s].geometry) for s in NEW_ROUTE]
        )
        new_strip = _strip(new_route, [*bars, held_back])
        saribaba = self._place("saribaba")
        diagonal_m = 2_900.0 / np.sqrt(2.0)
        height_2054 = Point(saribaba.x + diagonal_m, saribaba.y + diagonal_m)
        pocket = [self._place("chaylaggala"), self._place("kohna-taghlar")]
        [held] = self.inputs.shapes("zone/nk_1994_2020_naturalearth.geojson")
        districts = {
            feature: self.districts[name].difference(self.armenia)
            for feature, name in DISTRICTS.items()
        }
        # The east of the district of Aghdam was never held: it could not be handed over.
        districts["aghdam-district"] = districts["aghdam-district"].intersection(held)
        return districts | {
            "core": self._core,
            "old_strip": _strip(self.roads.old_road, bars),
            "new_strip": new_strip,
            "held_back": held_back,
            "pocket": shapely.union_all([_disc(village, POCKET_M) for village in pocket]),
            "farrukh": _disc(self._place("farrukh"), VILLAGE_M),
            "saribaba": _disc(saribaba, HEIGHT_M),
            "girkhgiz": _disc(self._meeting_point("Kəlbəcər", "Laçın", "Xocalı"), HEIGHT_M),
            "buzdukh": _disc(self._west_of_the_oblast_and_goranboy(), HEIGHT_M),
            "height_2054": _disc(height_2054, SMALL_HEIGHT_M),
            "oblast": self._oblast,
        }

    @cached_property
    def _oblast(self) -> shapely.Geometry:
        [oblast] = self.inputs.shapes("zone/nkao_1991_naturalearth.geojson")
        return oblast

    def _meeting_point(self, *names: str) -> Point:
        """Where three districts meet: a height is told of by the districts that it joins."""
        a, b, c = (self.inputs.districts[name].boundary for name in names)
        edge = shapely.line_merge(a.intersection(b))
        ends = shapely.points(shapely.get_coordinates(edge))
        return min(ends, key=c.distance)

    def _west_of_the_oblast_and_goranboy(self) -> Point:
        """Where Kalbajar, the former Aghdara district and Goranboy met before 1992.

        Aghdara was a district of the oblast: the point is the western end of the stretch on
        which the drawn oblast and the district of Goranboy meet. The districts of today will
        not do, since Kalbajar reaches far into the former Aghdara.
        """
        goranboy = self.inputs.districts["Goranboy"].buffer(DRAWINGS_DIFFER_M)
        shared = self._oblast.boundary.intersection(goranboy)
        return min(shapely.points(shapely.get_coordinates(shared)), key=lambda point: point.x)

    def _place(self, key: str) -> Point:
        return to_plane(Point(self.inputs.gazetteer[key]["lonlat"]))

    @cached_property
    def _atoms(self) -> np.ndarray:
        """Smallest pieces that no source cuts any further, in degrees on the grid."""
        edges = [to_degrees(area).boundary for area in self._sources.values()]
        noded = shapely.union_all(edges, grid_size=GRID_DEG)
        return np.array(shapely.get_parts(shapely.polygonize([noded])))

    def _where(self, source: str) -> np.ndarray:
        """Mask of the atoms that lie inside one source."""
        points = shapely.point_on_surface(self._atoms)
        return shapely.contains(to_degrees(self._sources[source]), points)

    def _union(self, mask: np.ndarray) -> shapely.Geometry:
        """Union of atoms; specks that only the rounding to the grid has cut off are left out."""
        area = shapely.coverage_union_all(self._atoms[mask])
        parts = [part for part in shapely.get_parts(area) if to_plane(part).area > SPECK_M2]
        return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


NEW_ROUTE = ("lachin-common-east", "lachin-new-az", "lachin-temp-connector", "lachin-old-west-stub")


def _strip(route: shapely.Geometry, bars: list[shapely.Geometry]) -> shapely.Geometry:
    strip = route.buffer(STRIP_HALF_WIDTH_M, quad_segs=6)
    return strip.difference(shapely.union_all(bars))


def _disc(centre: Point, radius_m: float) -> shapely.Geometry:
    return centre.buffer(radius_m, quad_segs=6)
