"""Roads and railways as drawn lines: generalised where Natural Earth has them, else schematic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import shapely
import shapely.ops
from shapely.geometry import LineString, Point

from authoring.inputs import Inputs
from authoring.network import Network
from authoring.plane import on_grid, to_degrees, to_plane

# By how far a line may be off, in metres. Measured against the settlements that the lines pass:
# Natural Earth's roads 16 to 1,050 m along the corridor, its railways 250 to 4,000 m.
ROAD_M = 1_500
RAIL_M = 2_000
SCHEMATIC_M = 5_000
NEW_ROAD_M = 3_000  # the hairpins between Hin Shen and the bridge
FAR_END_M = 6_000  # a line that stops 4 to 6 km from the place that it is named for
FAR_ENDS = ("rail-horadiz-aghband",)
UNKNOWN_START_M = 10_000  # "near the Khudaferin reservoir"

NATURAL_EARTH = "natural-earth"
POINT_SOURCES = ("geonames", "whosonfirst")
AIRPORT_SOURCES = {
    "airport-fuzuli": ("ourairports",),
    "airport-zangilan": ("ourairports",),
    "airport-lachin": ("whosonfirst",),
}

JOIN_FROM_ZABUKH_M = 2_000.0  # published as about 3 km of mountain road
TEMPORARY_SECTION_M = 4_700.0  # published length, Novosti NK, 30 August 2022
BARDA_AGHDAM_RAIL_M = 47_100.0  # published length, Azernews, 7 May 2022


@dataclass(frozen=True)
class Drawn:
    """A geometry in degrees on the grid, how it was made and how far it may be off."""

    geometry: shapely.Geometry
    basis: str
    uncertainty_m: int
    sources: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Roads:
    """Lines of the corridor's segments and of the transport links, by feature id."""

    inputs: Inputs

    @cached_property
    def _road(self) -> Network:
        return Network(self.inputs.shapes("routes/ne_10m_roads_crop.geojson"))

    @cached_property
    def _rail(self) -> Network:
        return Network(self.inputs.shapes("routes/ne_10m_railroads_crop.geojson"))

    @cached_property
    def old_road(self) -> LineString:
        """The road of before 2022, Stepanakert to Goris, in metres."""
        points = self.inputs.waypoints
        stops = ("stepanakert", "lisagor", "lachin", "zabukh", "tegh", "goris")
        return self._road.path([points[key] for key in stops])

    @cached_property
    def km36(self) -> Point:
        """Where the route of 2022 leaves the old road: its point nearest to Mets Shen."""
        return self._on_old_road(self.inputs.waypoints["metsshen"])

    @cached_property
    def join(self) -> Point:
        """Where the temporary section meets the old road, west of Zabukh."""
        zabukh = self.old_road.project(self.inputs.waypoints["zabukh"])
        return self.old_road.interpolate(zabukh + JOIN_FROM_ZABUKH_M)

    @cached_property
    def hakari_bridge(self) -> Point:
        """The bridge: on the border, as far from the join as the temporary section is long.

        The border is the outer edge of the Armenian communities; of the two places where it is
        4.7 km from the join, the eastern one lies towards the new road.
        """
        circle = self.join.buffer(TEMPORARY_SECTION_M, quad_segs=256).exterior
        crossings = circle.intersection(self.inputs.armenian_communities.boundary)
        return max(_points(crossings), key=lambda point: point.x)

    @cached_property
    def shusha_junction(self) -> Point:
        """Where the road passes nearest to Shusha / Shushi."""
        return self._on_old_road(self.inputs.waypoints["shusha"])

    def derived_points(self) -> dict[str, Point]:
        """Points that no source prints, derived as their properties say, in metres."""
        return {
            "hakari-bridge": self.hakari_bridge,
            "km36": self.km36,
            "shusha-junction": self.shusha_junction,
            "temp-join": self.join,
        }

    def corridor(self) -> dict[str, Drawn]:
        """Lines of the segments between Stepanakert and Goris, in the order of travel."""
        points = self.inputs.waypoints
        tegh = self._on_old_road(points["tegh"])
        goris = self._on_old_road(points["goris"])
        start = self._on_old_road(points["stepanakert"])
        bridge = self.hakari_bridge
        return {
            "lachin-common-east": self._old(start, self.km36),
            "lachin-old-az": self._old(self.km36, self.join),
            "lachin-old-west-stub": self._old(self.join, tegh),
            "lachin-old-am": self._old(tegh, goris),
            "lachin-new-az": _schematic([self.km36, points["hinshen"], bridge], NEW_ROAD_M),
            "lachin-temp-connector": _schematic([bridge, self.join], 2_000),
            "lachin-new-am": _schematic([bridge, points["kornidzor"], tegh], 2_000),
        }

    def transport(self) -> dict[str, Drawn]:
        """Lines and points of the transport links."""
        return self._railways() | self._roads() | self._through_iran() | self._airports()

    def _railways(self) -> dict[str, Drawn]:
        stops = {
            "rail-horadiz-aghband": ("horadiz", "mincivan", "aghband"),
            "rail-ijevan-gazakh-aghstafa": ("ijevan", "gazakh", "aghstafa"),
            "rail-julfa-sadarak": ("julfa", "nakhchivan", "sadarak"),
            "rail-meghri": ("am_east", "meghri", "kilit"),
            "rail-mincivan-kapan": ("mincivan", "kapan"),
            "rail-ordubad-julfa": ("kilit", "ordubad", "julfa"),
            "rail-yeraskh-border": ("sadarak", "yeraskh"),
        }
        drawn = {
            link: _generalised(
                self._rail.path(self._at(*keys)), RAIL_M if link not in FAR_ENDS else FAR_END_M
            )
            for link, keys in stops.items()
        }
        return drawn | self._by_aghdam()

    def _by_aghdam(self) -> dict[str, Drawn]:
        """Part the railway from Barda to Khankendi where it is as long as was published.

        Where the station of Aghdam lies is not known: the drawing passes the town, and up to
        its nearest point it is longer than the published railway, which cannot be.
        """
        line = self._rail.path(self._at("barda", "stepanakert"))
        note = (
            "Parted from its neighbour where the line from Barda is as long as published, "
            "about 4.5 km east of the town of Aghdam."
        )
        parts = (
            ("rail-barda-aghdam", 0.0, BARDA_AGHDAM_RAIL_M),
            ("rail-aghdam-khankendi", BARDA_AGHDAM_RAIL_M, line.length),
        )
        return {
            link: replace(
                _generalised(shapely.ops.substring(line, begin, end), FAR_END_M), note=note
            )
            for link, begin, end in parts
        }

    def _roads(self) -> dict[str, Drawn]:
        at, path = self._at, self._road.path
        along = "along the older road of Natural Earth"
        horadiz_aghband = _mixed(
            path(at("ahmadbayli", "horadiz", "gumlag")),
            at("mincivan", "bartaz", "aghband"),
            f"From Ahmadbayli to Gumlag {along}, from there in straight lines.",
        )
        return {
            "aghdam-askeran-stepanakert": _generalised(
                path(at("aghdam", "askeran", "stepanakert")), ROAD_M
            ),
            "goris-kapan-m2": _schematic(
                at("goris", "karahunj", "vorotan", "shurnukh", "chayzami", "davitbek", "kapan")
            ),
            "horadiz-aghband-road": horadiz_aghband,
            "khankendi-shusha-lachin-new": _schematic(
                at("stepanakert", "shusha", "zarisli", "lisagor", "lachin")
            ),
            "khudaferin-gubadli-lachin": self._from_the_aras_highway(horadiz_aghband),
            "meghri-road-tripp": _mixed(
                path(at("kilit", "meghri", "alvank")),
                at("am_east"),
                f"From the west to Alvank {along}, from there in a straight line.",
            ),
            "tatev-aghvani-bypass": _schematic(
                at("shinuhayr", "halidzor", "tatev", "aghvani", "kapan")
            ),
            "vardenis-martakert": _schematic(
                at("vardenis", "sotk", "kalbajar", "charektar", "heyvali", "martakert")
            ),
            "victory-road": _schematic(
                at("ahmadbayli", "fuzuli", "boyuktaglar", "dashalti", "shusha")
            ),
        }

    def _from_the_aras_highway(self, highway: Drawn) -> Drawn:
        """From where the highway along the Aras passes nearest to Gubadli, over it to Lachin.

        The road begins on that highway "near the Khudaferin reservoir"; from the village of
        Khudaferin even straight lines would be longer than the published road.
        """
        gubadli, lachin = self._at("gubadli", "lachin")
        along = to_plane(highway.geometry)
        start = along.interpolate(along.project(gubadli))
        note = (
            "Schematic: straight lines over Gubadli. Where it leaves the highway Ahmadbayli - "
            "Aghband is not known; drawn from the point of that highway nearest to Gubadli."
        )
        return replace(_schematic([start, gubadli, lachin], UNKNOWN_START_M), note=note)

    def _through_iran(self) -> dict[str, Drawn]:
        """No alignment is public: the railway on the other bank, moved 0.03 degrees south."""
        aghband, julfa = (to_degrees(point) for point in self._at("aghband", "julfa"))
        stops = self._at("am_east", "meghri", "kilit", "ordubad", "julfa")
        bank = to_degrees(self._rail.path(stops))
        moved = shapely.transform(bank, lambda lonlat: lonlat - [0.0, 0.03])
        line = on_grid(LineString([*aghband.coords, *moved.coords, *julfa.coords]))
        note = (
            "Indicative only: from Aghband to Julfa along the railway on the northern bank, "
            "moved 0.03 degrees south."
        )
        drawn = Drawn(line, "schematic", SCHEMATIC_M, (NATURAL_EARTH, *POINT_SOURCES), note)
        return {"araz-corridor-iran-road": drawn, "araz-corridor-iran-rail": drawn}

    def _airports(self) -> dict[str, Drawn]:
        ids = {
            "UBBF": "airport-fuzuli",
            "UBBZ": "airport-zangilan",
            "UBBS": "airport-stepanakert",
            "LHL": "airport-lachin",
        }
        drawn = {}
        for feature in self.inputs.features("routes/airports.geojson"):
            properties: dict[str, Any] = feature["properties"]
            if link := ids.get(properties["id"]):
                point = on_grid(Point(feature["geometry"]["coordinates"]))
                drawn[link] = Drawn(
                    point, "derived", properties["uncertainty_m"], AIRPORT_SOURCES.get(link, ())
                )
        return drawn

    def _at(self, *keys: str) -> list[Point]:
        return [self.inputs.waypoints[key] for key in keys]

    def _on_old_road(self, point: Point) -> Point:
        return self.old_road.interpolate(self.old_road.project(point))

    def _old(self, start: Point, end: Point) -> Drawn:
        road = self.old_road
        line = shapely.ops.substring(road, road.project(start), road.project(end))
        return _generalised(line, ROAD_M)


def _generalised(line: LineString, uncertainty_m: int) -> Drawn:
    return Drawn(on_grid(to_degrees(line)), "generalised", uncertainty_m, (NATURAL_EARTH,))


def _schematic(points: Sequence[Point], uncertainty_m: int = SCHEMATIC_M) -> Drawn:
    line = on_grid(to_degrees(LineString(points)))
    note = "Schematic: straight lines between known points."
    return Drawn(line, "schematic", uncertainty_m, POINT_SOURCES, note)


def _mixed(path: LineString, points: Sequence[Point], note: str) -> Drawn:
    """Line partly generalised and partly straight: as a whole it is no better than schematic."""
    line = on_grid(to_degrees(LineString([*path.coords, *points])))
    return Drawn(line, "schematic", SCHEMATIC_M, (NATURAL_EARTH, *POINT_SOURCES), note)


def _points(geometry: shapely.Geometry) -> list[Point]:
    return [part for part in getattr(geometry, "geoms", [geometry]) if isinstance(part, Point)]
