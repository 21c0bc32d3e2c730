"""Routes: chaining, sections by chainage, names beside them, published lengths, statuses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import shapely
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from pkzone.compare.catalogue_context import Surroundings, published_lengths, surroundings
from pkzone.compare.place_names import Places
from pkzone.compare.result import Change, RouteDiff
from pkzone.compare.route_chain import SNAP_M, chains
from pkzone.compare.routes import route_diffs
from pkzone.geojson import Feature
from pkzone.layers.catalogue import Catalogue, catalogue
from tests.helpers.drawn_catalogue import feature as drawn
from tests.helpers.drawn_catalogue import line, point, write

LonLat = tuple[float, float]
TOLERANCE_M = 25.0


def road(
    road_id: str | None, *lonlat: LonLat, sequence: Any = 1, route: Any = "a-b", **properties: Any
) -> Feature:
    stated = {"route": route, "sequence": sequence, "status": "open"} | properties
    return Feature(road_id, stated, line(*lonlat))


def place(name: str, lon: float, lat: float, **properties: Any) -> Feature:
    return Feature(name.lower(), {"name": name, **properties}, point(lon, lat))


def geodesic_m(*lonlat: Sequence[float]) -> float:
    return float(
        sum(Geodesic.WGS84.Inverse(a[1], a[0], b[1], b[0])["s12"] for a, b in pairwise(lonlat))
    )


def east_of(lonlat: LonLat, metres: float) -> LonLat:
    there = Geodesic.WGS84.Direct(lonlat[1], lonlat[0], 90.0, metres)
    return there["lon2"], there["lat2"]


def lines_of(features: Sequence[Feature], route: str = "a-b") -> list[list[LonLat]]:
    return [list(part.coords) for part in chains(features)[route].line.geoms]


def only(diffs: tuple[RouteDiff, ...]) -> RouteDiff:
    assert len(diffs) == 1
    return diffs[0]


def compare(base: Sequence[Feature], target: Sequence[Feature], **more: Any) -> RouteDiff:
    return only(route_diffs(base, target, tolerance_m=TOLERANCE_M, **more))


def assert_sums_hold(diff: RouteDiff) -> None:
    """The law of sums, and sections that cover either side once, in order."""
    assert diff.kept_m + diff.removed_m == pytest.approx(diff.length_base_m, abs=1e-3)
    assert diff.kept_target_m + diff.added_m == pytest.approx(diff.length_target_m, abs=1e-3)
    total = dict.fromkeys(("kept", "removed", "added"), 0.0)
    for one in diff.sections:
        assert one.to_m - one.from_m == pytest.approx(one.length_m, abs=1e-6)
        total[one.kind] += one.length_m
    assert total == pytest.approx(
        {"kept": diff.kept_m, "removed": diff.removed_m, "added": diff.added_m}, abs=1e-3
    )
    along_base = [(s.from_m, s.to_m) for s in diff.sections if s.kind != "added"]
    assert [a for a, _ in along_base[1:]] == pytest.approx([b for _, b in along_base[:-1]])


A, B, C, D, E = (10.0, 45.0), (10.1, 45.0), (10.2, 45.05), (10.3, 45.05), (10.4, 45.0)


def test_segments_are_chained_by_sequence_not_by_their_place_in_the_file() -> None:
    features = [road("x", B, C, sequence=2), road("y", C, D, sequence=10), road("z", A, B)]
    assert lines_of(features) == [[A, B, C, D]]
    assert chains(features)["a-b"].segments == ("z", "x", "y")
    assert chains(features)["a-b"].gaps == ()


@pytest.mark.parametrize("turned", ["x", "y", "z", "xy", "yz", "xz"])
def test_a_segment_drawn_the_other_way_round_is_turned(turned: str) -> None:
    ways = {"x": (A, B), "y": (B, C), "z": (C, D)}
    features = [
        road(name, *(way[::-1] if name in turned else way), sequence=number)
        for number, (name, way) in enumerate(ways.items())
    ]
    assert lines_of(features) == [[A, B, C, D]]


def test_a_route_drawn_backwards_throughout_keeps_its_direction() -> None:
    assert lines_of([road("x", D, C), road("y", C, B, sequence=2)]) == [[D, C, B]]


@pytest.mark.parametrize(("apart_m", "pieces"), [(SNAP_M - 1, 1), (SNAP_M + 1, 2)])
def test_ends_within_the_snap_distance_are_joined(apart_m: float, pieces: int) -> None:
    beside = east_of(B, apart_m)
    features = [road("x", A, B), road("y", beside, C, sequence=2)]
    assert len(lines_of(features)) == pieces
    bridged_m = apart_m if pieces == 1 else 0.0
    drawn_m = geodesic_m(A, B) + geodesic_m(beside, C)
    length_m = compare(features, []).length_base_m
    assert length_m == pytest.approx(drawn_m + bridged_m, abs=1e-3)


def test_a_break_is_told_and_the_chainage_runs_on() -> None:
    whole = [road("x", A, B), road("y", B, C, sequence=2), road("z", C, D, sequence=3)]
    broken = [whole[0], road("y", B, C, sequence=2, status="closed"), whole[2]]
    diff = compare(whole, broken)
    gap = diff.gaps_target[0]
    assert (gap.start, gap.end, gap.after, gap.before) == (B, C, "x", "z")
    assert gap.at_m == pytest.approx(geodesic_m(A, B), abs=1e-6)
    assert gap.length_m == pytest.approx(geodesic_m(B, C), abs=1e-6)
    assert diff.length_target_m == pytest.approx(geodesic_m(A, B) + geodesic_m(C, D), abs=1e-6)
    assert diff.gaps_base == ()
    assert len(diff.gaps_target) == 1
    assert [one.kind for one in diff.sections] == ["kept", "removed", "kept"]
    assert diff.removed_m == pytest.approx(geodesic_m(B, C), abs=2 * TOLERANCE_M)
    assert diff.sections[2].target_to_m == pytest.approx(diff.length_target_m)
    assert_sums_hold(diff)


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        ("open", True),
        ("restricted", True),
        (None, True),
        ("closed", False),
        ("planned", False),
        ("former", False),
        ("disused", False),
        ("under_construction", False),
        (7, False),
    ],
)
def test_only_segments_in_use_count(status: Any, counts: bool) -> None:
    assert ("a-b" in chains([road("x", A, B, status=status)])) is counts


def test_a_layer_without_statuses_counts_whole() -> None:
    feature = Feature("x", {"route": "a-b"}, line(A, B))
    assert lines_of([feature]) == [[A, B]]


@pytest.mark.parametrize("route", [None, "", 5, ["a-b"]])
def test_only_a_plain_string_names_a_route(route: Any) -> None:
    assert chains([road("x", A, B, route=route)]) == {}


def test_segments_without_a_number_follow_those_with_one() -> None:
    features = [
        road("x", C, D, sequence=None),
        road("y", A, B, sequence=2.5),
        road("z", B, C, sequence=3),
    ]
    assert lines_of(features) == [[A, B, C, D]]


def test_a_point_or_nothing_adds_no_road() -> None:
    stated = {"route": "a-b", "sequence": 2, "status": "open"}
    features = [road("x", A, B), Feature("y", stated, None), Feature("z", stated, point(*B))]
    assert lines_of(features) == [[A, B]]
    assert chains(features[1:]) == {}


@pytest.mark.parametrize(
    "parts",
    [
        [[A, B], [B, C], [C, D]],
        [[C, D], [A, B], [B, C]],
        [[B, C], [D, C], [B, A]],
    ],
)
def test_the_parts_of_a_multi_line_are_put_in_order(parts: list[list[LonLat]]) -> None:
    geometry = {"type": "MultiLineString", "coordinates": [[list(p) for p in one] for one in parts]}
    whole = Feature("x", {"route": "a-b", "sequence": 1}, geometry)
    found = lines_of([whole, road("y", D, E, sequence=2)])
    assert len(found) == 1
    assert found[0] == [A, B, C, D, E]


def detoured() -> tuple[list[Feature], list[Feature]]:
    """A road of 40 km along a parallel, and the same with two detours to the north."""
    lons = [10.0, 10.1, 10.2, 10.3, 10.4, 10.5]
    straight = [(lon, 45.0) for lon in lons]
    north = [
        (10.0, 45.0),
        (10.1, 45.0),
        (10.15, 45.02),
        (10.2, 45.0),
        (10.3, 45.0),
        (10.35, 45.03),
        (10.4, 45.0),
        (10.5, 45.0),
    ]
    return [road("old", *straight)], [road("new", *north)]


def test_several_detours_are_cut_out_with_their_chainage() -> None:
    base, target = detoured()
    diff = compare(base, target)
    kinds = [one.kind for one in diff.sections]
    assert kinds == ["kept", "removed", "added", "kept", "removed", "added", "kept"]
    assert_sums_hold(diff)
    ways = [base[0].geometry["coordinates"], target[0].geometry["coordinates"]]  # type: ignore[index]
    assert diff.length_base_m == pytest.approx(geodesic_m(*ways[0]), rel=1e-9)
    assert diff.length_target_m == pytest.approx(geodesic_m(*ways[1]), rel=1e-9)
    # roads that part at a slant stay within the tolerance for a little while
    part_m = geodesic_m((10.0, 45.0), (10.1, 45.0))
    slant_m = TOLERANCE_M / 0.4
    assert diff.sections[0].to_m == pytest.approx(part_m, abs=slant_m)
    assert diff.sections[1].to_m == pytest.approx(2 * part_m, abs=slant_m)
    added_m = geodesic_m((10.1, 45.0), (10.15, 45.02), (10.2, 45.0))
    assert diff.sections[2].length_m == pytest.approx(added_m, abs=2 * slant_m)
    assert diff.sections[2].from_m == pytest.approx(part_m, abs=slant_m)


def test_the_other_direction_of_comparison_mirrors() -> None:
    base, target = detoured()
    there, back = compare(base, target), compare(target, base)
    assert (there.removed_m, there.added_m) == (back.added_m, back.removed_m)
    assert (there.kept_m, there.kept_target_m) == (back.kept_target_m, back.kept_m)
    mirrored = {"kept": "kept", "removed": "added", "added": "removed"}
    cut = [(mirrored[one.kind], one.start) for one in there.sections if one.kind != "kept"]
    assert sorted(cut) == sorted(
        (one.kind, one.start) for one in back.sections if one.kind != "kept"
    )


def test_a_section_brings_its_own_line() -> None:
    base, target = detoured()
    diff = compare(base, target)
    for one in diff.sections:
        assert isinstance(one.geometry, shapely.LineString)
        coords = list(one.geometry.coords)
        assert (coords[0], coords[-1]) == (one.start, one.end)
        assert geodesic_m(*coords) == pytest.approx(one.length_m, abs=0.01)
    added = diff.sections[2].geometry
    assert added is not None
    assert (10.15, 45.02) in list(added.coords)


@pytest.mark.parametrize("one_sided", ["base", "target"])
def test_a_route_of_one_side_is_all_removed_or_all_added(one_sided: str) -> None:
    features = [road("x", A, B, C)]
    sides = (features, []) if one_sided == "base" else ([], features)
    diff = compare(*sides)
    kind = "removed" if one_sided == "base" else "added"
    assert [(one.kind, one.start, one.end) for one in diff.sections] == [(kind, A, C)]
    assert getattr(diff, f"{kind}_m") == pytest.approx(geodesic_m(A, B, C), rel=1e-9)
    assert diff.kept_m == diff.kept_target_m == 0.0
    assert diff.max_offset_m is None
    assert_sums_hold(diff)


@pytest.mark.parametrize("status", ["planned", "under_construction", "abandoned"])
def test_a_route_that_comes_into_use_is_all_added(status: str) -> None:
    aside, used = road("x", A, B, C, status=status), road("x", A, B, C)
    opened, left = compare([aside], [used]), compare([used], [aside])
    assert [(one.kind, one.start, one.end) for one in opened.sections] == [("added", A, C)]
    assert [(one.kind, one.start, one.end) for one in left.sections] == [("removed", A, C)]
    length_m = pytest.approx(geodesic_m(A, B, C), rel=1e-9)
    assert (opened.length_base_m, opened.length_target_m) == (0.0, length_m)
    assert (left.length_base_m, left.length_target_m) == (length_m, 0.0)


def test_a_route_that_spans_a_continent_says_how_good_distances_are() -> None:
    # Snyder, Map Projections, p. 173: 0.3 % at 1,000 km from the middle
    ways = [[(10.0 + lon, lat) for lon in range(0, 19, 2)] for lat in (0.0, 0.01)]
    notices: list[str] = []
    compare([road("x", *ways[0])], [road("x", *ways[1])], notices=notices)
    (notice,) = notices
    assert notice.startswith("route a-b: it reaches about 1,000 km from its middle")
    assert notice.endswith("good to 0.3 % only")


def test_routes_are_told_apart_and_sorted() -> None:
    base = [road("x", A, B, route="b"), road("y", C, D, route="a"), road("z", D, E, route="c")]
    target = [road("x", A, C, route="b"), road("y", C, E, route="a"), road("z", D, E, route="c")]
    diffs = route_diffs(base, target, tolerance_m=TOLERANCE_M)
    assert [one.route for one in diffs] == ["a", "b"]


def test_a_route_that_stays_is_left_out_even_under_other_ids() -> None:
    base, target = [road("x", A, B)], [road("renamed", A, B, name="a new name")]
    assert route_diffs(base, target, tolerance_m=TOLERANCE_M) == ()


def test_a_route_across_the_antimeridian_is_short() -> None:
    base = [road("x", (179.9, -17.0), (-179.9, -17.0))]
    target = [road("x", (179.9, -17.0), (180.0, -16.95), (-179.9, -17.0))]
    diff = compare(base, target)
    assert diff.length_base_m == pytest.approx(geodesic_m((179.9, -17.0), (-179.9, -17.0)))
    assert diff.length_base_m < 22_000
    assert_sums_hold(diff)


def test_the_places_of_the_right_side_name_a_section() -> None:
    base, target = [road("x", A, B)], [road("x", A, B), road("y", B, C, sequence=2)]
    before = Surroundings(Places.of([place("Start", *A), place("Gone", *C)]))
    after = Surroundings(Places.of([place("Middle", 10.15, 45.02), place("End", *C)]))
    diff = compare(base, target, base_around=before, target_around=after)
    assert [(one.kind, one.near) for one in diff.sections] == [
        ("kept", ("Start",)),
        ("added", ("Middle", "End")),
    ]


def test_names_follow_the_line_at_most_four_none_twice_none_far() -> None:
    way = shapely.LineString([(10.0, 45.0), (10.4, 45.0)])
    places = Places.of(
        [
            place("West", 10.01, 45.0),
            place("East", 10.39, 45.0),
            place("Far", 10.2, 45.04),
            place("Town", 10.12, 45.02, rank=1),
            place("Hamlet", 10.1, 45.0, rank=4),
            place("Second", 10.3, 45.0),
            place("West", 10.15, 45.0),
            Feature("nameless", {}, point(10.0, 45.0)),
            Feature("nowhere", {"name": "N"}, None),
        ]
    )
    assert places.along(way) == ("West", "Town", "Second", "East")
    back = shapely.LineString([(10.4, 45.0), (10.0, 45.0)])
    assert places.along(back) == ("East", "Second", "Town", "West")
    assert Places.of([]).along(way) == ()
    assert places.along(way, reach_m=1000.0) == ("West", "Hamlet", "Second", "East")


def test_a_place_is_near_up_to_the_reach() -> None:
    spot = shapely.Point(10.0, 70.0)
    north = Geodesic.WGS84.Direct(70.0, 10.0, 0.0, 3000.0)["lat2"]
    places = Places.of([place("Edge", 10.0, north)])
    assert places.at(spot, reach_m=3001.0) == ("Edge",)
    assert places.at(spot, reach_m=2999.0) == ()


def renamed(base: Feature, target: Feature) -> Change:
    return Change(base.id, "renamed", (base,), (target,), new_id=target.id)


def test_a_status_is_told_of_a_segment_even_if_renamed() -> None:
    base = [road("x", A, B), road("y", B, C, sequence=2)]
    target = [
        road("x", A, B),
        road("new", B, C, sequence=2, status="restricted", since="2022-12-12", name="Upper road"),
    ]
    assert route_diffs(base, target, tolerance_m=TOLERANCE_M) == ()
    diff = compare(base, target, changes=[renamed(base[1], target[1])])
    (change,) = diff.status_changes
    assert (change.segment, change.name, change.base, change.target, change.since, change.note) == (
        "new",
        "Upper road",
        "open",
        "restricted",
        "2022-12-12",
        None,
    )
    assert [one.kind for one in diff.sections] == ["kept"]


def test_a_status_of_a_road_not_in_use_does_not_concern_the_route() -> None:
    base = [road("x", A, B), road("y", B, C, sequence=2, status="under_construction")]
    target = [road("x", A, B), road("y", B, C, sequence=2, status="planned")]
    assert route_diffs(base, target, tolerance_m=TOLERANCE_M) == ()
    opened = compare(base, [road("x", A, B), road("y", B, C, sequence=2)])
    assert [(one.base, one.target) for one in opened.status_changes] == [
        ("under_construction", "open")
    ]
    closed = compare(target, [road("x", A, B, status="closed"), target[1], road("z", A, D)])
    assert [(one.segment, one.base, one.target) for one in closed.status_changes] == [
        ("x", "open", "closed")
    ]


def test_a_segment_that_moves_to_another_route_has_no_status_change() -> None:
    base = [road("x", A, B), road("y", B, C, status="closed", route="c")]
    target = [road("x", A, B), road("y", B, C, sequence=2)]
    assert compare(base, target).status_changes == ()


@pytest.mark.parametrize(
    ("note", "differ"),
    [
        ("Azerbaijan: a protest. Armenia: a blockade.", True),
        ("Armenia and its authorities: a breach; Azerbaijan: on its own territory", True),
        ("Azerbaijan: a protest.", False),
        ("Length: 5 km. Width: 3 m.", False),
        ("Agreed by Armenia, Azerbaijan and Russia: passage.", False),
        (None, False),
    ],
)
def test_a_note_that_quotes_two_parties_says_that_they_differ(
    note: str | None, differ: bool
) -> None:
    base = [road("x", A, B, controller="Azerbaijan / Armenia")]
    target = [road("x", A, B, controller="Azerbaijan / Armenia", status="restricted", note=note)]
    around = Surroundings(parties=frozenset({"Azerbaijan", "Armenia"}))
    (change,) = compare(base, target, target_around=around).status_changes
    assert change.note == ("the parties differ; see sources" if differ else None)


def blocked_catalogue(root: Path) -> Catalogue:
    """A road that is blocked at a barrier near one of its three places, then left, then back."""

    def segment(feature_id: str, *way: LonLat, **properties: Any) -> dict[str, Any]:
        stated = {"route": "a-b", "sequence": 1, "status": "open", "since": "2020-01-01"}
        return drawn(feature_id, line(*way), **(stated | properties))

    blocked = {
        "status": "restricted",
        "since": "2022-12-12",
        "controller": "Left / Right",
        "note": "Left: a protest. Right: a blockade.",
    }
    places = [
        drawn(name, point(*at), name=name.title())
        for name, at in (("start", A), ("middle", B), ("end", C))
    ]
    event = {
        "id": "blockage",
        "date": "2022-12-12",
        "title": "Blocked",
        "layers": ["corridor"],
        "features": ["corridor/x", "sites/barrier", "sites/far", "places/end"],
    }
    road_record = {"route": "a-b", "text": "about", "source": "book"}
    write(
        root,
        {
            "corridor": {
                "2020-01-01": [segment("x", A, B, C)],
                "2022-12-12": [segment("x", A, B, C, **blocked)],
                "2023-01-01": [
                    segment("x", A, B, C, status="former", since="2023"),
                    segment("y", A, C, since="2023"),
                ],
                "2024-01-01": [segment("x", A, B, C), segment("y", A, C, status="closed")],
            },
            "sites": {
                "2022-12-12": [
                    drawn("barrier", point(10.11, 45.005), name="Barrier"),
                    drawn("far", point(11.0, 46.0), name="Elsewhere"),
                ]
            },
            "places": {"2020-01-01": places},
        },
        events=[event],
        routes=[
            road_record | {"valid_from": "2019-05-01", "km": 20},
            road_record | {"valid_from": "2022-01-01", "km": 21.5},
        ],
    )
    return Catalogue(root)


def of_versions(found: Catalogue, base: str, target: str, layer: str = "corridor") -> RouteDiff:
    versions = found[layer].on(base), found[layer].on(target)
    features = [one.features().features for one in versions]
    around = [surroundings(found, one, has) for one, has in zip(versions, features, strict=True)]
    return only(
        route_diffs(
            *features, tolerance_m=TOLERANCE_M, base_around=around[0], target_around=around[1]
        )
    )


def test_a_block_is_told_near_its_scene_and_that_the_parties_differ(tmp_path: Path) -> None:
    diff = of_versions(blocked_catalogue(tmp_path / "c"), "2020-01-01", "2022-12-12")
    (change,) = diff.status_changes
    assert (change.target, change.since) == ("restricted", "2022-12-12")
    assert change.near == ("Middle",)
    assert change.note == "the parties differ; see sources"


def test_a_road_that_is_left_is_named_by_its_ends(tmp_path: Path) -> None:
    diff = of_versions(blocked_catalogue(tmp_path / "c"), "2022-12-12", "2023-01-01")
    assert [(one.segment, one.near) for one in diff.status_changes] == [("x", ("Start", "End"))]


@pytest.mark.parametrize(
    ("day", "km"),
    [
        ("2020-01-01", 20.0),  # a record older than the first version speaks of that one
        ("2022-12-12", 21.5),  # the newer record, still the same road
        ("2023-01-01", None),  # another road: no record speaks of it
        ("2024-01-01", 21.5),  # the old road again
    ],
)
def test_a_published_length_is_that_of_the_road_in_use(
    tmp_path: Path, day: str, km: float | None
) -> None:
    found = blocked_catalogue(tmp_path / "c")
    version = found["corridor"].on(day)
    lengths = published_lengths(found, version, version.features().features)
    assert {route: one.km for route, one in lengths.items()} == ({"a-b": km} if km else {})


def test_published_lengths_stand_beside_the_drawn_ones(tmp_path: Path) -> None:
    diff = of_versions(blocked_catalogue(tmp_path / "c"), "2020-01-01", "2023-01-01")
    assert (diff.length_published_base_km, diff.length_published_target_km) == (20.0, None)
    assert diff.published_base is not None
    assert diff.published_base.text == "about"


def sourced(road_id: str, *lonlat: LonLat, km: float | None, sequence: int, **more: Any) -> Feature:
    sources = [f"paper-{road_id}", "atlas"]
    return road(
        road_id, *lonlat, sequence=sequence, length_published_km=km, sources=sources, **more
    )


FAR = (10.4, 45.4)


def detour(
    first: float | None, second: float | None, **more: Any
) -> tuple[list[Feature], list[Feature]]:
    """Return a road A - B - D, and one that leaves it in B and goes round in two segments."""
    shared = road("shared", A, B, sequence=1)
    old = road("old", B, (10.3, 45.0), sequence=2)
    new = [
        sourced("x", B, C, km=first, sequence=2, **more),
        sourced("y", C, FAR, km=second, sequence=3, **more),
    ]
    return [shared, old], [shared, *new]


def published_km(diff: RouteDiff) -> dict[str, float | None]:
    return {one.kind: one.length_published_km for one in diff.sections}


def test_a_stretch_of_whole_segments_has_the_sum_of_their_lengths() -> None:
    diff = compare(*detour(21.3, 4.7))
    assert published_km(diff) == {"kept": None, "removed": None, "added": 26.0}
    (added,) = [one for one in diff.sections if one.kind == "added"]
    assert added.published is not None
    assert added.published.text == "26.0 km"
    assert added.published_sources == ("atlas", "paper-x", "paper-y")
    assert [part.segment for part in added.published.parts] == ["x", "y"]
    assert published_km(compare(*reversed(detour(21.3, 4.7))))["removed"] == 26.0


@pytest.mark.parametrize("missing", [None, 0, -3, True, "4.7", float("nan"), float("inf")])
def test_a_stretch_with_a_segment_without_a_length_has_none(missing: Any) -> None:
    assert published_km(compare(*detour(21.3, missing)))["added"] is None
    assert published_km(compare(*detour(missing, 4.7)))["added"] is None


@pytest.mark.parametrize(
    ("parts", "text", "km"),
    [
        ((21.3, 4.7), "26.0 km", 26.0),
        ((36, 21.3), "57 km", 57),
        ((0.25, 1.5), "1.8 km", 1.8),
        ((1000, 234.0), "1,234 km", 1234),
        ((0.1, 0.2), "0.3 km", 0.3),
    ],
)
def test_a_sum_is_as_coarse_as_its_coarsest_part(
    parts: tuple[float, float], text: str, km: float
) -> None:
    published = compare(*detour(*parts)).sections[-1].published
    assert published is not None
    assert (published.text, published.km) == (text, km)


@pytest.mark.parametrize(("share", "known"), [(0.005, True), (0.015, False), (0.5, False)])
@pytest.mark.parametrize("end", ["start", "end"])
def test_a_segment_counts_whole_or_not_at_all(share: float, known: bool, end: str) -> None:
    """Of a segment of 100 km at either end a share stays on the old road: 500 m, 1.5 km, half."""
    start, bend, there = (10.0, 45.0), (10.0, 44.0), east_of((10.0, 44.0), 100_000.0)
    joint = east_of(bend, share * 100_000.0 if end == "start" else (1 - share) * 100_000.0)
    shared = (bend, joint) if end == "start" else (joint, there)
    base = [road("before", start, bend), road("part", *shared, sequence=2)]
    target = [road("before", start, bend), sourced("x", bend, there, km=110, sequence=2)]
    added = [one for one in compare(base, target).sections if one.kind == "added"]
    assert [one.length_published_km for one in added] == [110 if known else None]


def test_a_kept_stretch_has_a_published_length_where_both_sides_agree() -> None:
    def with_km(km: float | None) -> list[Feature]:
        return [sourced("x", A, B, km=km, sequence=1), road("y", B, C, sequence=2)]

    base = with_km(9.5)
    longer = [*with_km(9.5), road("z", C, D, sequence=3)]
    other = [*with_km(9.6), road("z", C, D, sequence=3)]
    # y carries none, so that the kept stretch of both has none either
    assert published_km(compare(base, longer))["kept"] is None
    assert published_km(compare(base[:1], longer))["kept"] == 9.5
    assert published_km(compare(base[:1], other))["kept"] is None
    assert published_km(compare(other, base[:1]))["kept"] is None


def test_a_route_is_as_long_as_its_segments_where_each_has_a_length() -> None:
    way = [sourced("x", A, B, km=9.5, sequence=1), sourced("y", B, C, km=8, sequence=2)]
    gone = [way[0], road("y", B, C, sequence=2, status="closed")]
    diff = compare(way, gone)
    assert (diff.length_published_base_km, diff.length_published_target_km) == (18, 9.5)
    assert diff.published_base is not None
    assert diff.published_base.sources == ("atlas", "paper-x", "paper-y")
    without = [way[0], road("y", B, C, sequence=2)]
    assert compare(way, without).length_published_target_km is None


def test_schematic_stretches_are_marked() -> None:
    base, target = detour(21.3, 4.7, geometry_basis="schematic")
    diff = compare(base, target)
    by_kind = {one.kind: one for one in diff.sections}
    assert (by_kind["kept"].schematic_m, by_kind["removed"].schematic_m) == (0.0, 0.0)
    assert by_kind["added"].schematic_m == by_kind["added"].length_m
    assert diff.schematic_base_m == 0.0


def test_what_is_schematic_of_a_whole_is_the_sum_over_its_stretches() -> None:
    """The detour leaves the old road within the tolerance: so much of it is not new."""
    base, target = detour(21.3, 4.7, geometry_basis="schematic")
    diff = compare(base, target)
    by_kind = {one.kind: one for one in diff.sections}
    assert 10.0 < geodesic_m(B, C, FAR) - by_kind["added"].length_m < 100.0
    assert diff.schematic_target_m == by_kind["added"].schematic_m == diff.added_m
    back = compare(target, base)
    assert back.schematic_base_m == pytest.approx(diff.schematic_target_m)


@pytest.mark.parametrize(
    ("status", "restated"), [("closed", True), ("former", True), (None, False)]
)
def test_a_road_that_is_still_there_is_told_from_one_that_is_gone(
    status: str | None, restated: bool
) -> None:
    way = [road("x", A, B), road("y", B, C, sequence=2)]
    left = [way[0], *([road("y", B, C, sequence=2, status=status)] if status else [])]
    assert [one.restated for one in compare(way, left).sections] == [False, restated]
    assert [one.restated for one in compare(left, way).sections] == [False, restated]


@given(
    lengths=st.lists(st.one_of(st.none(), st.decimals(1, 500, places=1)), min_size=1, max_size=6)
)
def test_no_sum_appears_with_a_part_missing(lengths: list[Decimal | None]) -> None:
    """Every stretch of every route: all its segments have a length, or it has none."""
    points = [east_of(A, 8000.0 * number) for number in range(len(lengths) + 1)]
    way = [
        sourced(str(n), *pair, km=None if km is None else float(km), sequence=n)
        for n, (pair, km) in enumerate(zip(pairwise(points), lengths, strict=True))
    ]
    diff = compare(way, [])
    (section,) = diff.sections
    expected = None if None in lengths else sum(filter(None, lengths))
    for found in (section.length_published_km, diff.length_published_base_km):
        assert found == (None if expected is None else pytest.approx(float(expected), abs=0.5))
    (back,) = compare([], way).sections
    assert back.published == section.published
    for first in route_diffs(way[:1], way, tolerance_m=TOLERANCE_M):
        kept = [one.length_published_km for one in first.sections if one.kind == "kept"]
        assert kept == [None if lengths[0] is None else pytest.approx(float(lengths[0]))]


SHIPPED = catalogue()
FACTS = Path(__file__).parents[2] / "authoring" / "facts" / "corridor.json"


def test_the_new_road_of_2022_is_as_long_as_the_sources_say() -> None:
    facts = {one["id"]: one for one in json.loads(FACTS.read_text("utf-8"))["features"]}
    stated = [
        facts[f"lachin-{name}"]["length_published_km"] for name in ("new-az", "temp-connector")
    ]
    assert stated == [21.3, 4.7]
    diff = of_versions(SHIPPED, "2020-12-01", "2022-09-01")
    assert [one.length_published_km for one in diff.sections] == [36, None, 26.0, None]
    added = diff.sections[2]
    assert added.published is not None
    assert added.published.text == "26.0 km"
    assert "novostink-2022-08-30" in added.published_sources
    assert "geonames" not in added.published_sources  # it gives places, no length of a road
    assert added.schematic_m == added.length_m


PAIRS = [(a.id, b.id) for a, b in pairwise(SHIPPED["corridor"].versions)]


def shipped_m(version: str, *segments: str) -> float:
    features = {one.id: one for one in SHIPPED["corridor"].on(version).features().features}
    return sum(
        geodesic_m(*features[f"lachin-{name}"].geometry["coordinates"])  # type: ignore[index]
        for name in segments
    )


def test_the_shipped_corridor_of_2020_and_2022() -> None:
    diff = of_versions(SHIPPED, "2020-12-01", "2022-09-01")
    assert_sums_hold(diff)
    old = ("common-east", "old-az", "old-west-stub", "old-am")
    new = ("common-east", "new-az", "temp-connector", "old-west-stub", "old-am")
    assert diff.segments_base == tuple(f"lachin-{name}" for name in old)
    assert diff.segments_target == tuple(f"lachin-{name}" for name in new)
    assert diff.length_base_m == pytest.approx(shipped_m("2020-12-01", *old), abs=1e-3)
    assert diff.length_target_m == pytest.approx(shipped_m("2022-09-01", *new), abs=1e-3)
    assert [one.kind for one in diff.sections] == ["kept", "removed", "added", "kept"]
    kept, removed, added, rest = diff.sections
    near_fork_m = 4 * TOLERANCE_M  # where two roads part they lie within the tolerance a while
    assert kept.to_m == pytest.approx(shipped_m("2020-12-01", "common-east"), abs=near_fork_m)
    assert removed.length_m == pytest.approx(shipped_m("2020-12-01", "old-az"), abs=near_fork_m)
    new_m = shipped_m("2022-09-01", "new-az", "temp-connector")
    assert added.length_m == pytest.approx(new_m, abs=near_fork_m)
    stub_m = shipped_m("2022-09-01", "old-west-stub", "old-am")
    assert rest.length_m == pytest.approx(stub_m, abs=near_fork_m)
    assert "Berdzor / Lachin" in removed.near
    assert "Berdzor / Lachin" not in added.near
    assert "Hin Shen / Kichik Galadarasi" in added.near
    assert rest.near[-1] == "Goris"
    assert kept.near[0] == "Khankendi / Stepanakert"
    assert (diff.length_published_base_km, diff.length_published_target_km) == (80.0, None)


def test_the_shipped_blockage_of_2022() -> None:
    diff = of_versions(SHIPPED, "2022-12-01", "2022-12-12")
    by_segment = {one.segment: one for one in diff.status_changes}
    blocked = by_segment["lachin-common-east"]
    assert (blocked.base, blocked.target, blocked.since) == ("open", "restricted", "2022-12-12")
    assert blocked.near == ("Shusha / Shushi",)
    assert blocked.note == "the parties differ; see sources"
    assert (diff.removed_m, diff.added_m) == (0.0, 0.0)


def test_the_shipped_break_of_march_2023() -> None:
    diff = of_versions(SHIPPED, "2023-03-01", "2023-03-30")
    (gap,) = diff.gaps_target
    assert (gap.after, gap.before) == ("lachin-new-az", "lachin-old-am")
    assert gap.at_m == pytest.approx(shipped_m("2023-03-30", "common-east", "new-az"), abs=1e-3)
    assert gap.length_m == pytest.approx(geodesic_m(gap.start, gap.end), abs=1e-6)
    assert_sums_hold(diff)


@pytest.mark.parametrize(("base", "target"), PAIRS)
def test_the_sums_hold_for_every_step_of_the_shipped_corridor(base: str, target: str) -> None:
    versions = SHIPPED["corridor"][base], SHIPPED["corridor"][target]
    for diff in route_diffs(*(one.features().features for one in versions), tolerance_m=25.0):
        assert_sums_hold(diff)
        for features, length_m in zip(
            (one.features().features for one in versions),
            (diff.length_base_m, diff.length_target_m),
            strict=True,
        ):
            in_use = [one for one in features if one.properties["status"] in ("open", "restricted")]
            drawn_m = sum(
                geodesic_m(*one.geometry["coordinates"])  # type: ignore[index]
                for one in in_use
            )
            assert length_m == pytest.approx(drawn_m, abs=1e-3)
