"""The shipped layers: every version is read and held against what is known from outside."""

from __future__ import annotations

import itertools
import json
import re
from datetime import date
from hashlib import sha256

import pytest
import shapely
from geographiclib.geodesic import Geodesic
from pyproj import Transformer
from shapely.geometry import Point, shape

import pkzone
from pkzone import geojson
from tests.helpers.schema_check import check_version

CATALOGUE = pkzone.catalogue()
VERSIONS = [version for layer in CATALOGUE.values() for version in layer.versions]
ZONE = CATALOGUE["zone"]
CORRIDOR = CATALOGUE["corridor"]

# Dates on which something is known to have changed, and what a layer must therefore hold.
DATES = {
    "zone": "2020-11-10 2020-12-13 2022-08-26 2022-08-30 2023-09-20 2024-06-12",
    "control": "2020-11-10 2020-11-20 2020-11-25 2020-12-01 2020-12-11 2022-03-24 2022-08-06"
    " 2022-08-26 2023-03-30 2023-09-20",
    "corridor": "2020-11-10 2020-11-17 2022-08-30 2022-12-12 2023-03-30 2023-04-01 2023-04-23"
    " 2023-04-28 2023-06-15 2023-09-18 2023-09-24 2024-06-12",
    "transport": "2020-11-10 2020-11-16 2020-11-25 2021-10-26 2021-11-07 2022-03-11 2022-10-20"
    " 2023-09-12 2025-05-10 2025-05-28 2025-08-08 2026-02-23",
    "sites": "2022-12-12 2023-04-23 2023-04-28 2024-06-12",
    "places": "2020-11-10 2020-12-11 2022-08-26 2023-09-20 2024-06-12",
    "boundaries": "2020-11-10",
    "physical": "2020-11-10",
}
# Extent in degrees that no feature may leave: the region that the maps show.
REGION = shapely.box(44.5, 38.4, 48.0, 41.2)
# Any plane would do: this one is not the one that the layers were cut on.
PLANE = Transformer.from_crs("EPSG:4326", "EPSG:32638", always_xy=True)


def in_metres(geometry: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(geometry, PLANE.transform, interleaved=False)


def shapes(version: pkzone.Version) -> dict[str, shapely.Geometry]:
    return {str(f.id): shape(f.geometry) for f in version.features().features}


def on(layer: str, day: str) -> dict[str, shapely.Geometry]:
    return shapes(CATALOGUE[layer].on(day))


def geodesic_area_km2(area: shapely.Geometry) -> float:
    def ring_m2(ring: shapely.LinearRing) -> float:
        polygon = Geodesic.WGS84.Polygon()
        for lon, lat in ring.coords[:-1]:
            polygon.AddPoint(lat, lon)
        return abs(polygon.Compute()[2])

    parts = shapely.get_parts(area)
    return (
        sum(ring_m2(p.exterior) - sum(ring_m2(hole) for hole in p.interiors) for p in parts) / 1e6
    )


@pytest.fixture(params=VERSIONS, ids=lambda version: version.ref)
def version(request: pytest.FixtureRequest) -> pkzone.Version:
    return request.param


class TestEveryVersion:
    def test_is_canonical(self, version: pkzone.Version) -> None:
        data = version.path.read_bytes()
        assert geojson.dumps(version.features().features) == data

    def test_has_the_recorded_hash_and_size(self, version: pkzone.Version) -> None:
        data = version.path.read_bytes()
        assert (sha256(data).hexdigest(), len(data)) == (version.sha256, version.size_bytes)

    def test_reads_without_a_notice(self, version: pkzone.Version) -> None:
        assert [str(notice) for notice in version.features().notices] == []

    def test_follows_its_schema(self, version: pkzone.Version) -> None:
        check_version(version)

    def test_counts_and_bounds_are_those_of_the_manifest(self, version: pkzone.Version) -> None:
        found = shapes(version)
        assert len(found) == version.feature_count
        if found:
            bounds = shapely.total_bounds(list(found.values()))
            assert tuple(bounds) == version.bbox
        else:
            assert version.bbox is None

    def test_lies_in_the_region(self, version: pkzone.Version) -> None:
        outside = [key for key, area in shapes(version).items() if not REGION.covers(area)]
        assert outside == []

    def test_cites_sources_that_exist(self, version: pkzone.Version) -> None:
        cited = {s for f in version.features().features for s in f.properties["sources"]}
        assert cited == set(version.source_ids)
        for source in cited:
            assert CATALOGUE.source(source)["title"]

    def test_names_the_events_that_explain_it(self, version: pkzone.Version) -> None:
        assert version.events
        for event in version.events:
            assert CATALOGUE.event(event).sources

    def test_states_began_by_its_date(self, version: pkzone.Version) -> None:
        late = [
            feature.id
            for feature in version.features().features
            if (feature.properties["since"] or "") > version.id
        ]
        assert late == []

    def test_names_are_in_alphabetical_order(self, version: pkzone.Version) -> None:
        wrong = []
        for feature in version.features().features:
            if version.layer == "places":
                forms = feature.properties["name"].split(" / ")
                wrong += [forms] if forms != sorted(forms, key=str.casefold) else []
        assert wrong == []


class TestLayers:
    def test_are_the_eight_that_ship(self) -> None:
        assert set(CATALOGUE) == set(DATES)

    @pytest.mark.parametrize("layer", DATES)
    def test_have_a_version_on_the_days_that_are_known(self, layer: str) -> None:
        missing = set(DATES[layer].split()) - {v.id for v in CATALOGUE[layer].versions}
        assert missing == set()

    @pytest.mark.parametrize("layer", DATES)
    def test_begin_with_the_statement(self, layer: str) -> None:
        assert CATALOGUE[layer].versions[0].valid_from == date(2020, 11, 10)

    @pytest.mark.parametrize("layer", DATES)
    def test_intervals_meet(self, layer: str) -> None:
        versions = CATALOGUE[layer].versions
        assert [a.valid_to for a in versions] == [*(b.valid_from for b in versions[1:]), None]

    @pytest.mark.parametrize("layer", DATES)
    def test_a_version_differs_from_the_one_before(self, layer: str) -> None:
        hashes = [v.sha256 for v in CATALOGUE[layer].versions]
        assert all(a != b for a, b in itertools.pairwise(hashes))

    @pytest.mark.parametrize("layer", DATES)
    def test_a_feature_that_changes_says_since_when(self, layer: str) -> None:
        for before, after in itertools.pairwise(CATALOGUE[layer].versions):
            old = {f.id: f for f in before.features().features}
            for feature in after.features().features:
                if feature.id in old and feature != old[feature.id]:
                    assert after.id.startswith(feature.properties["since"]), feature.id


class TestSourcesAndEvents:
    def test_every_source_has_an_address_or_says_why_not(self) -> None:
        bare = [s["id"] for s in CATALOGUE.sources if not s.get("URL") and not s.get("note")]
        assert bare == []

    def test_addresses_are_web_addresses(self) -> None:
        odd = [
            s["URL"]
            for s in CATALOGUE.sources
            if not re.match(r"https?://\S+$", s.get("URL", "https://x"))
        ]
        assert odd == []

    def test_every_source_is_cited(self) -> None:
        cited = {s for v in VERSIONS for s in v.source_ids}
        cited |= {s for e in CATALOGUE.events for s in e.sources}
        cited |= {r.source for r in CATALOGUE.routes}
        cited |= {s for figure in CATALOGUE.figures for s in figure.source_ids}
        assert {s["id"] for s in CATALOGUE.sources} - cited == set()

    def test_events_touch_features_that_exist(self) -> None:
        known = {f"{v.layer}/{f.id}" for v in VERSIONS for f in v.features().features}
        missing = {f for e in CATALOGUE.events for f in e.features} - known
        assert missing == set()


IN_FORCE = [v for v in ZONE.versions if v.feature_count]


class TestZone:
    @pytest.mark.parametrize("version", IN_FORCE, ids=lambda v: v.ref)
    def test_area(self, version: pkzone.Version) -> None:
        """The range in which free drawings of the area lie; no official figure is known."""
        total = sum(geodesic_area_km2(area) for area in shapes(version).values())
        assert 2_950 <= total <= 3_250

    def test_parts(self) -> None:
        assert [sorted(shapes(v)) for v in ZONE.versions] == [
            ["core", "corridor-old"],
            ["core", "corridor-old", "hadrut-pocket"],
            ["core", "corridor-old", "hadrut-pocket"],  # less the settlements handed over
            ["core", "corridor-new", "hadrut-pocket"],
            ["core", "corridor-new", "hadrut-pocket"],
            [],
        ]

    def test_a_part_keeps_its_geometry(self) -> None:
        for part in ("core", "corridor-old", "corridor-new", "hadrut-pocket"):
            drawn = {shapes(v)[part].wkb for v in ZONE.versions if part in shapes(v)}
            assert len(drawn) == (2 if part == "corridor-old" else 1)

    def test_the_old_strip_loses_its_settlements_before_the_road_is_left(self) -> None:
        before, after = (
            on("zone", "2022-08-25")["corridor-old"],
            on("zone", "2022-08-26")["corridor-old"],
        )
        handed_over = on("places", "2022-08-26")
        assert before.covers(after)
        assert [handed_over[place].within(after) for place in ("lachin", "zabukh", "sus")] == [
            False
        ] * 3
        states = [
            CATALOGUE["corridor"].on(day).features().features
            for day in ("2022-08-29", "2022-08-30")
        ]
        old_road = [
            next(f for f in state if f.id == "lachin-old-az").properties["status"]
            for state in states
        ]
        assert old_road == ["open", "former"]

    @pytest.mark.parametrize("strip", ["corridor-old", "corridor-new"])
    def test_strip_and_core_share_their_edge_vertex_by_vertex(self, strip: str) -> None:
        day = "2021-01-18" if strip == "corridor-old" else "2022-09-01"
        parts = on("zone", day)
        edge = shapely.line_merge(parts["core"].boundary.intersection(parts[strip].boundary))
        assert edge.length > 0.05
        shared = {p for line in shapely.get_parts(edge) for p in line.coords}
        for part in ("core", strip):
            own = set(map(tuple, shapely.get_coordinates(parts[part])))
            assert shared <= own
        assert parts["core"].intersection(parts[strip]).area == 0.0

    def test_all_is_of_responsibility(self) -> None:
        bases = {f.properties["basis"] for v in ZONE.versions for f in v.features().features}
        assert bases == {"responsibility"}

    @pytest.mark.parametrize(
        ("strip", "day", "segment"),
        [
            ("corridor-old", "2021-01-18", "lachin-old-az"),
            ("corridor-new", "2022-09-01", "lachin-new-az"),
        ],
    )
    def test_strip_is_five_km_wide_away_from_its_cuts(
        self, strip: str, day: str, segment: str
    ) -> None:
        """Statement of 10 November 2020, point 3: a corridor 5 km wide."""
        parts = {key: in_metres(area) for key, area in on("zone", day).items()}
        zone = shapely.union_all([parts["core"], parts[strip]])
        road = in_metres(on("corridor", day)[segment])
        at_the_border = Point(road.coords[-1])
        half_widths_m = [
            zone.boundary.distance(point)
            for point in (road.interpolate(m) for m in range(0, int(road.length), 250))
            if parts["core"].distance(point) > 500 and point.distance(at_the_border) > 3_300
        ]
        assert len(half_widths_m) >= 8
        assert all(2_250 <= width <= 2_750 for width in half_widths_m)

    def test_the_road_stays_inside_where_it_passes_shusha(self) -> None:
        road = on("corridor", "2021-01-18")["lachin-common-east"]
        assert on("zone", "2021-01-18")["core"].covers(road)


# Where a place lay, by the statement, the ministry's maps and the handovers: (place, day, part).
# Lachin: 39.6408 N, 46.5469 E; the others from the layer places.
WHERE = [
    ("stepanakert", "2021-01-18", "core"),
    ("aghdara", "2021-01-18", "core"),
    ("khojavend", "2021-01-18", "core"),
    ("farrukh", "2021-01-18", "core"),
    ("farrukh", "2022-09-01", "core"),
    ("lachin", "2021-01-18", "corridor-old"),
    ("zabukh", "2021-01-18", "corridor-old"),
    ("lachin", "2022-08-26", None),
    ("zabukh", "2022-08-26", None),
    ("sus", "2022-08-26", None),
    ("lachin", "2022-09-01", None),
    ("zabukh", "2022-09-01", None),
    ("sus", "2022-09-01", None),
    ("boyuk-galadarasi", "2022-09-01", "core"),
    ("kichik-galadarasi", "2022-09-01", "core"),
    ("shusha", "2021-01-18", None),
    ("dashalti", "2021-01-18", None),
    ("hadrut", "2021-01-18", None),
    ("talish", "2021-01-18", None),
    ("chaylaggala", "2020-11-10", None),
    ("chaylaggala", "2021-01-18", "hadrut-pocket"),
    ("kohna-taghlar", "2021-01-18", "hadrut-pocket"),
    ("goris", "2021-01-18", None),
    ("tegh", "2021-01-18", None),
    ("kornidzor", "2022-09-01", None),
    ("stepanakert", "2024-06-12", None),
]


class TestPlaces:
    @pytest.mark.parametrize(("place", "day", "part"), WHERE)
    def test_lie_in_the_part_of_the_zone(self, place: str, day: str, part: str | None) -> None:
        point = on("places", day)[place]
        assert [key for key, area in on("zone", day).items() if area.covers(point)] == (
            [part] if part else []
        )

    def test_sus_was_in_the_corridor_within_its_uncertainty(self) -> None:
        """Its point lies at the very edge of the strip: point and road are the weak part."""
        sus = in_metres(on("places", "2021-01-18")["sus"])
        strip = in_metres(on("zone", "2021-01-18")["corridor-old"])
        assert strip.distance(sus) < 1_500

    @pytest.mark.parametrize("day", ["2021-01-18", "2022-09-01", "2023-05-01"])
    def test_status_agrees_with_the_zone_beyond_the_uncertainty(self, day: str) -> None:
        zone = in_metres(shapely.union_all(list(on("zone", day).values())))
        wrong = []
        for feature in CATALOGUE["places"].on(day).features().features:
            status = feature.properties["status"]
            if feature.properties["certainty"] == "inferred" or status in {"divided", "disputed"}:
                continue
            point = in_metres(shape(feature.geometry))
            if zone.boundary.distance(point) <= feature.properties["uncertainty_m"]:
                continue
            if zone.contains(point) != (status in {"inside", "corridor"}):
                wrong.append((feature.id, status))
        assert wrong == []


class TestControl:
    def test_areas_do_not_overlap(self) -> None:
        areas = list(shapes(CATALOGUE["control"].latest).items())
        for (a, one), (b, other) in itertools.combinations(areas, 2):
            assert one.intersection(other).area == 0.0, (a, b)

    def test_grows(self) -> None:
        held = [set(shapes(v)) for v in CATALOGUE["control"].versions]
        assert held[0] == set()
        assert all(a <= b for a, b in itertools.pairwise(held))

    def test_before_2022_lies_beside_the_zone(self) -> None:
        zone = shapely.union_all(list(on("zone", "2020-11-10").values()))
        for key, area in on("control", "2021-01-18").items():
            assert area.intersection(zone).area == 0.0, key

    def test_at_the_end_covers_the_first_zone(self) -> None:
        """After 20 September 2023 nothing of the zone of 10 November 2020 remained."""
        first = shapely.union_all(list(on("zone", "2020-11-10").values()))
        last = shapely.union_all(list(shapes(CATALOGUE["control"].latest).values()))
        assert geodesic_area_km2(shapely.make_valid(first.difference(last))) < 0.2


def chain(day: str) -> list[tuple[str, shapely.LineString]]:
    features = CORRIDOR.on(day).features().features
    used = [f for f in features if f.properties["status"] in {"open", "restricted"}]
    used.sort(key=lambda f: f.properties["sequence"])
    return [(str(f.id), shape(f.geometry)) for f in used]


class TestCorridor:
    @pytest.mark.parametrize(
        ("day", "segments"),
        [
            ("2020-11-17", "lachin-common-east lachin-old-az lachin-old-west-stub lachin-old-am"),
            (
                "2022-08-30",
                "lachin-common-east lachin-new-az lachin-temp-connector lachin-old-west-stub"
                " lachin-old-am",
            ),
            ("2023-04-01", "lachin-common-east lachin-new-az lachin-new-am lachin-old-am"),
        ],
    )
    def test_segments_in_use_chain_from_stepanakert_to_goris(self, day: str, segments: str) -> None:
        used = chain(day)
        assert [key for key, _ in used] == segments.split()
        for (a, one), (b, other) in itertools.pairwise(used):
            assert one.coords[-1] == other.coords[0], (a, b)
        start, end = Point(used[0][1].coords[0]), Point(used[-1][1].coords[-1])
        places = {k: in_metres(p) for k, p in on("places", day).items()}
        assert in_metres(start).distance(places["stepanakert"]) < 1_500
        assert in_metres(end).distance(places["goris"]) < 1_500

    def test_the_route_keeps_its_name_when_the_road_changes(self) -> None:
        routes = {f.properties["route"] for v in CORRIDOR.versions for f in v.features().features}
        assert routes == {"stepanakert-goris"}

    def test_published_length_of_the_whole_route_is_longer_than_the_drawn_one(self) -> None:
        """More than 80 km (RFE/RL, 2019); generalised roads fall 20 to 40 % short."""
        [published] = [r for r in CATALOGUE.routes if r.valid_from == date(2020, 11, 10)]
        drawn_m = sum(
            Geodesic.WGS84.Inverse(a[1], a[0], b[1], b[0])["s12"]
            for _, line in chain("2020-11-17")
            for a, b in itertools.pairwise(line.coords)
        )
        assert published.km == 80
        assert 0.6 * 80_000 <= drawn_m <= 0.8 * 80_000

    def test_schematic_lines_say_so(self) -> None:
        for layer in ("corridor", "transport"):
            for v in CATALOGUE[layer].versions:
                for feature in v.features().features:
                    if feature.properties["geometry_basis"] == "schematic":
                        note = feature.properties["note"]
                        assert re.search("[Ss]chematic|straight|Indicative", note), feature.id


# Published length in km over drawn length: rail is drawn at 1:10m, roads straight or at 1:10m.
RATIO = {"rail": (0.85, 1.75), "road": (0.9, 2.0)}


def test_published_lengths_are_of_the_size_of_the_drawn_ones() -> None:
    geod = Geodesic.WGS84
    for layer in ("corridor", "transport"):
        for feature in CATALOGUE[layer].latest.features().features:
            published = feature.properties["length_published_km"]
            if published is None or feature.geometry["type"] == "Point":
                continue
            drawn_m = sum(
                geod.Inverse(a[1], a[0], b[1], b[0])["s12"]
                for line in shapely.get_parts(shape(feature.geometry))
                for a, b in itertools.pairwise(line.coords)
            )
            low, high = RATIO[feature.properties["mode"]]
            assert low <= published * 1_000 / drawn_m <= high, feature.id


def test_the_catalogue_is_a_data_package() -> None:
    """Data Package 2.0: what every reader needs of a resource."""
    package = json.loads((CATALOGUE.root / "datapackage.json").read_text("utf-8"))
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    names = [resource["name"] for resource in package["resources"]]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z0-9._-]+", name) for name in names)
    for resource in package["resources"]:
        assert (CATALOGUE.root / resource["path"]).is_file()
        assert ("schema" in resource) == (resource.get("type") == "table")


def test_nothing_lies_beside_the_manifest() -> None:
    records = [record for layer in CATALOGUE.values() for record in layer.records]
    listed = {v.file for v in records} | {v.schema_file for v in records}
    listed |= {"datapackage.json", "events.json", "sources.json", "figures.csv"}
    listed |= {"data.az.po", "data.hy.po", "data.ru.po"}
    listed |= {"story.json", "story.az.po", "story.hy.po", "story.ru.po"}
    found = {p.relative_to(CATALOGUE.root).as_posix() for p in CATALOGUE.root.rglob("*")}
    assert {p for p in found if (CATALOGUE.root / p).is_file()} == listed
