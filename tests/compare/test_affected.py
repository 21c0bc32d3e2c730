"""Who enters or leaves a zone or the reach of a route, and the events between two versions."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic

from pkzone.compare.affected import affected, events_between
from pkzone.compare.catalogue_context import features_on
from pkzone.compare.result import Affected
from pkzone.geojson import Feature
from pkzone.layers.catalogue import Catalogue, catalogue
from tests.helpers.drawn_catalogue import feature as drawn
from tests.helpers.drawn_catalogue import line, point, square, write


def area(area_id: str | int | None, west: float, south: float, side: float = 1.0) -> Feature:
    return Feature(area_id, {"name": f"Area {area_id}"}, square(west, south, side))


def place(name: str, lon: float, lat: float) -> Feature:
    return Feature(name.lower(), {"name": name}, point(lon, lat))


def road(*lonlat: tuple[float, float], status: str = "open", route: str = "a-b") -> Feature:
    stated = {"route": route, "sequence": 1, "status": status}
    return Feature("road", stated, line(*lonlat))


def told(
    base: list[Feature], target: list[Feature], candidates: list[Feature], **more: Any
) -> list[tuple[str, str, Any]]:
    found = affected(base, target, candidates, candidates, **more)
    return [(one.name, one.effect, one.of) for one in found]


PLACES = [place("Inside", 10.5, 45.5), place("Outside", 20.0, 45.5), place("East", 11.5, 45.5)]


def test_a_zone_that_grows_is_entered_and_one_that_shrinks_is_left() -> None:
    small, large = [area("z", 10, 45)], [area("z", 10, 45, 2.0)]
    assert told(small, large, PLACES) == [("East", "entered", "z")]
    assert told(large, small, PLACES) == [("East", "left", "z")]
    assert told(large, large, PLACES) == []


def test_one_that_passes_from_area_to_area_is_not_affected() -> None:
    parts = [area("west", 10, 45), area("east", 11, 45)]
    assert told([area("whole", 10, 45, 2.0)], parts, PLACES) == []


def test_of_overlapping_areas_the_first_by_id_is_named() -> None:
    overlapping = [area("b", 10, 45), area("a", 10.2, 45.2)]
    assert told([], overlapping, PLACES) == [("Inside", "entered", "a")]


@pytest.mark.parametrize("side", ["base", "target"])
def test_an_empty_side_is_outside_for_all(side: str) -> None:
    zone = [area("z", 10, 45)]
    sides = (zone, []) if side == "base" else ([], zone)
    effect = "left" if side == "base" else "entered"
    assert told(*sides, PLACES) == [("Inside", effect, "z")]


def test_a_hole_is_outside_and_a_border_inside() -> None:
    ring = square(10, 45, 1.0)["coordinates"][0]
    hole = square(10.4, 45.4, 0.2)["coordinates"][0][::-1]
    holed = Feature("z", {}, {"type": "Polygon", "coordinates": [ring, hole]})
    places = [*PLACES, place("Border", 10.0, 45.5)]
    assert told([area("z", 10, 45)], [holed], places) == [("Inside", "left", "z")]


def test_lines_and_areas_are_in_where_they_touch() -> None:
    candidates = [
        Feature("touching", {"name": "Touching road"}, line((9.0, 45.5), (10.1, 45.5))),
        Feature("passing", {"name": "Passing road"}, line((9.0, 45.5), (9.9, 45.5))),
        area("far", 30, 45),
        area("beside", 11, 45),
    ]
    assert told([], [area("z", 10, 45)], candidates) == [
        ("Area beside", "entered", "z"),
        ("Touching road", "entered", "z"),
    ]


def test_an_edge_is_straight_in_degrees() -> None:
    """On a zone 20 degrees wide a great circle would bulge north by more than 0.4 degrees."""
    candidates = [place("North", 20.0, 65.2), place("South", 20.0, 64.9)]
    wide = Feature(
        "z",
        {},
        {"type": "Polygon", "coordinates": [[[10, 60], [30, 60], [30, 65], [10, 65], [10, 60]]]},
    )
    assert told([], [wide], candidates) == [("South", "entered", "z")]


CUT = {
    "type": "MultiPolygon",
    "coordinates": [
        [[[179, -17], [180, -17], [180, -16], [179, -16], [179, -17]]],
        [[[-180, -17], [-179, -17], [-179, -16], [-180, -16], [-180, -17]]],
    ],
}
WHOLE = {
    "type": "Polygon",
    "coordinates": [[[179, -17], [-179, -17], [-179, -16], [179, -16], [179, -17]]],
}
HOLED = {
    "type": "Polygon",
    "coordinates": [
        *WHOLE["coordinates"],
        [[-179.9, -16.9], [-179.9, -16.8], [-179.8, -16.8], [-179.8, -16.9], [-179.9, -16.9]],
    ],
}


@pytest.mark.parametrize("geometry", [CUT, WHOLE, HOLED], ids=["cut", "whole", "holed"])
def test_a_zone_across_the_antimeridian(geometry: dict[str, Any]) -> None:
    candidates = [
        place("West", 179.5, -16.5),
        place("East", -179.5, -16.5),
        place("Away", 0.0, -16.5),
        place("In hole", -179.85, -16.85),
    ]
    entered = told([], [Feature("z", {}, geometry)], candidates)
    expected = {"West", "East"} | ({"In hole"} if geometry is not HOLED else set())
    assert {name for name, _, _ in entered} == expected


def test_a_line_across_the_antimeridian_does_not_run_round_the_earth() -> None:
    candidates = [Feature("ship", {"name": "Ship"}, line((179.9, 45.5), (-179.9, 45.5)))]
    assert told([], [area("z", 10, 45)], candidates) == []
    assert told([], [area("z", -180, 45)], candidates) == [("Ship", "entered", "z")]


def test_a_zone_round_a_pole_holds_the_pole_side() -> None:
    ring = [[lon, -60.0] for lon in range(-180, 181, 60)] + [[180, -90], [-180, -90], [-180, -60]]
    polar = Feature("z", {}, {"type": "Polygon", "coordinates": [ring]})
    candidates = [place("Base", 77.0, -78.0), place("Cape", 18.0, -34.0)]
    assert told([], [polar], candidates) == [("Base", "entered", "z")]


def test_a_zone_that_crosses_itself_is_read_as_its_two_halves() -> None:
    bow = Feature(
        "z",
        {},
        {"type": "Polygon", "coordinates": [[[10, 45], [11, 46], [11, 45], [10, 46], [10, 45]]]},
    )
    candidates = [
        place("Left wing", 10.1, 45.5),
        place("Right wing", 10.9, 45.5),
        place("Above", 10.5, 45.9),
    ]
    assert [name for name, _, _ in told([], [bow], candidates)] == ["Left wing", "Right wing"]


@pytest.mark.parametrize(("lat", "azimuth"), [(0.0, 0.0), (45.0, 180.0), (70.0, 0.0)])
def test_the_reach_of_a_route_ends_at_the_distance(lat: float, azimuth: float) -> None:
    """Beyond the end of a road along a meridian the nearest place is that end."""
    way = (10.0, lat), (10.0, lat + (0.2 if azimuth else -0.2))
    edge = {metres: Geodesic.WGS84.Direct(lat, 10.0, azimuth, metres) for metres in (2499, 2501)}
    candidates = [place(f"At {metres}", one["lon2"], one["lat2"]) for metres, one in edge.items()]
    assert told([], [road(*way)], candidates) == [("At 2499", "entered", "a-b")]
    assert told([], [road(*way)], candidates, within_m=2502.0) == [
        ("At 2499", "entered", "a-b"),
        ("At 2501", "entered", "a-b"),
    ]
    assert told([], [road(*way)], candidates, within_m=0.0) == []


def test_only_a_route_in_use_reaches() -> None:
    way = (10.0, 45.0), (10.2, 45.0)
    candidates = [place("Beside", 10.1, 45.01)]
    assert told([road(*way)], [road(*way, status="former")], candidates) == [
        ("Beside", "left", "a-b")
    ]
    plain = Feature("road", {"status": "open"}, line(*way))
    assert told([], [plain], candidates) == []


def test_each_route_counts_for_itself() -> None:
    old, new = ((10.0, 45.0), (10.2, 45.0)), ((10.0, 45.01), (10.2, 45.01))
    candidates = [place("Beside", 10.1, 45.005)]
    assert told([road(*old, route="a")], [road(*new, route="b")], candidates) == [
        ("Beside", "left", "a"),
        ("Beside", "entered", "b"),
    ]
    assert told([road(*old)], [road(*new)], candidates) == []


def test_lines_and_areas_come_into_reach() -> None:
    candidates = [
        Feature("river", {"name": "River"}, line((10.1, 44.5), (10.1, 45.5))),
        area("lake", 10.05, 45.005, 0.05),
        area("over", 9.0, 44.0, 3.0),
        Feature("brook", {"name": "Brook"}, line((10.1, 45.1), (10.1, 45.5))),
    ]
    assert [name for name, _, _ in told([], [road((10.0, 45.0), (10.2, 45.0))], candidates)] == [
        "Area lake",
        "Area over",
        "River",
    ]


def test_one_that_only_one_side_knows_is_taken_to_have_stood_there() -> None:
    zone = [area("z", 10, 45)]
    inside = [place("New", 10.5, 45.5)]
    assert affected(zone, zone, [], inside) == ()
    assert affected([], zone, [], inside) == (Affected("new", "New", "entered", "z"),)
    assert affected(zone, [], inside, []) == (Affected("new", "New", "left", "z"),)


def test_one_that_moves_across_the_border_enters() -> None:
    zone = [area("z", 10, 45)]
    before, after = [place("Camp", 12.0, 45.5)], [place("Camp", 10.5, 45.5)]
    assert affected(zone, zone, before, after) == (Affected("camp", "Camp", "entered", "z"),)


def test_names_and_ids_may_be_missing() -> None:
    candidates = [
        Feature(7, {}, point(10.5, 45.5)),
        Feature(None, {"name": "No id"}, point(10.5, 45.6)),
        Feature(None, {}, point(10.5, 45.7)),
        Feature("nowhere", {"name": "Nowhere"}, None),
    ]
    found = affected([], [area(3, 10, 45)], candidates, candidates)
    assert found == (Affected(7, "7", "entered", 3), Affected(None, "No id", "entered", 3))


def test_without_candidates_or_areas_nobody_is_affected() -> None:
    assert affected([], [area("z", 10, 45)], [], []) == ()
    assert told([], [], PLACES) == []
    assert told([], [place("A place", 10.5, 45.5)], PLACES) == []


def at(metres: float, uncertainty_m: float | None = None, **said: Any) -> Feature:
    """Return a place north of the west end of a road along a parallel, so many metres off."""
    there = Geodesic.WGS84.Direct(45.0, 10.0, 0.0, metres)
    own = {} if uncertainty_m is None else {"uncertainty_m": uncertainty_m}
    return Feature("p", {"name": "P", **own, **said}, point(there["lon2"], there["lat2"]))


def sure(base: list[Feature], target: list[Feature], who: Feature) -> list[tuple[str, bool]]:
    return [(one.effect, one.certain) for one in affected(base, target, [who], [who])]


@pytest.mark.parametrize(
    ("line_m", "place_m", "away_m", "certain"),
    [
        (None, None, 2490.0, True),
        (1000.0, 400.0, 1090.0, True),
        (1000.0, 400.0, 1110.0, False),
        (1000.0, None, 1490.0, True),
        (None, 400.0, 2110.0, False),
    ],
)
def test_reach_is_certain_only_beyond_the_uncertainty_of_line_and_place(
    line_m: float | None, place_m: float | None, away_m: float, certain: bool
) -> None:
    """The reach is 2,500 m; the other side has no road at all."""
    way = road((10.0, 45.0), (9.8, 45.0))
    if line_m is not None:
        way.properties["uncertainty_m"] = line_m
    who = at(away_m, place_m)
    assert sure([], [way], who) == [("entered", certain)]
    assert sure([way], [], who) == [("left", certain)]


def zone(*, grown: bool) -> Feature:
    plain = area("z", 9.5, 45.0 if grown else 30.0)
    return Feature("z", plain.properties | {"basis": "responsibility"}, plain.geometry)


@pytest.mark.parametrize(
    ("before", "after", "effects"),
    [
        ("corridor", "outside", [("left", True)]),
        ("outside", "inside", [("entered", True)]),
        ("inside", "corridor", []),
        ("inside", "disputed", []),
        ("inside", "inside", []),
    ],
)
def test_what_a_place_says_of_itself_comes_before_the_drawing(
    before: str, after: str, effects: list[tuple[str, bool]]
) -> None:
    """The place lies 20 km outside of a zone that is drawn alike on both sides."""
    sides = [at(-20_000.0, status=before)], [at(-20_000.0, status=after)]
    found = affected([zone(grown=True)], [zone(grown=True)], *sides)
    assert [(one.effect, one.certain) for one in found] == effects
    assert {one.by_status for one in found} <= {(before, after)}


def test_a_drawing_that_a_place_contradicts_is_no_proof() -> None:
    who = at(20_000.0, status="inside")
    assert sure([zone(grown=False)], [zone(grown=True)], who) == [("entered", False)]
    assert sure([zone(grown=False)], [zone(grown=True)], at(20_000.0)) == [("entered", True)]


@pytest.mark.parametrize(
    ("area_m", "place_m", "away_m", "certain"),
    [
        (None, None, 10.0, True),
        (1000.0, 400.0, 1410.0, True),
        (1000.0, 400.0, 1390.0, False),
        (None, 400.0, 390.0, False),
        (1000.0, None, 1010.0, True),
    ],
)
def test_a_border_is_crossed_with_certainty_only_beyond_the_uncertainty(
    area_m: float | None, place_m: float | None, away_m: float, certain: bool
) -> None:
    """The area begins at the place's parallel; on the other side it lies far away, or close by."""
    near = area("z", 9.5, 45.0)
    if area_m is not None:
        near.properties["uncertainty_m"] = area_m
    inside, outside, far_inside = at(away_m, place_m), at(-away_m, place_m), area("y", 9.5, 44.5)
    assert sure([], [near], inside) == [("entered", certain)]
    assert sure([near], [], inside) == [("left", certain)]
    assert sure([near], [far_inside], outside) == [("entered", certain)]
    assert sure([], [near, area("around", 9.0, 44.5, 2.0)], inside) == [("entered", True)]


@pytest.mark.parametrize(
    ("before", "after", "certain"),
    [
        ("disputed", "disputed", False),
        ("unknown", "outside", False),
        ("inside", "unknown", False),
        ("disputed", "outside", True),
    ],
)
def test_an_area_that_ends_is_left_as_far_as_its_places_say(
    before: str, after: str, certain: bool
) -> None:
    sides = [at(20_000.0, status=before)], [at(20_000.0, status=after)]
    found = affected([zone(grown=True)], [], *sides)
    assert [(one.effect, one.certain) for one in found] == [("left", certain)]


def test_a_place_of_the_corridor_is_told_of_its_route_once() -> None:
    way = road((10.0, 45.0), (9.8, 45.0))
    found = affected(
        [way],
        [road((10.0, 46.0), (9.8, 46.0))],
        [at(10.0, status="corridor")],
        [at(10.0, status="outside")],
    )
    assert found == (
        Affected("p", "P", "left", "a-b", relation="corridor", by_status=("corridor", "outside")),
    )


SHIPPED = catalogue()


def shipped(layer: str, base: str, target: str) -> tuple[Affected, ...]:
    versions = SHIPPED[layer].on(base), SHIPPED[layer].on(target)
    places = [features_on(SHIPPED, "places", one) for one in versions]
    return affected(*(one.features().features for one in versions), *places)


def distance_to_road_m(version: str, lon: float, lat: float) -> float:
    """Distance to the nearest of many points on the segments in use, some 20 m apart."""
    found = []
    for one in SHIPPED["corridor"].on(version).features().features:
        assert one.geometry is not None
        if one.properties["status"] not in ("open", "restricted"):
            continue
        for (x0, y0), (x1, y1) in pairwise(one.geometry["coordinates"]):
            steps = int(max(abs(x1 - x0), abs(y1 - y0)) / 0.0002) + 1
            for step in range(steps + 1):
                share = step / steps
                x, y = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
                if abs(x - lon) < 0.06 and abs(y - lat) < 0.06:
                    found.append(Geodesic.WGS84.Inverse(lat, lon, y, x)["s12"])
    return min(found, default=float("inf"))


def test_the_shipped_corridor_loses_the_reach_of_two_places_on_30_august_2022() -> None:
    """Both are handed over on the 26th; the road moves four days later."""
    route = "stepanakert-goris"
    versions = "2022-08-26", "2022-09-01"
    expected = set()
    for one in features_on(SHIPPED, "places", SHIPPED["corridor"].on("2022-09-01")):
        assert one.geometry is not None
        was, now = (
            distance_to_road_m(version, *one.geometry["coordinates"]) <= 2500
            for version in versions
        )
        if was != now:
            expected.add((one.id, "left" if was else "entered", route))
    found = shipped("corridor", *versions)
    assert {(one.id, one.effect, one.of) for one in found} == expected
    assert ("lachin", "left", route) in expected
    # The new road may lie 3 km off, the town 0.7 km: 4.7 km from the line are no proof.
    assert {(one.relation, one.certain) for one in found} == {("reach", False)}
    mirrored = {"left": "entered", "entered": "left"}
    back = shipped("corridor", *versions[::-1])
    assert [(one.id, mirrored[one.effect], one.certain) for one in found] == [
        (one.id, one.effect, one.certain) for one in back
    ]


HANDED_OVER = {"lachin", "sus", "zabukh"}


@pytest.mark.parametrize(
    ("layer", "base", "target"),
    [
        ("zone", "2022-08-25", "2022-08-26"),
        ("zone", "2020-12-13", "2022-09-01"),
        ("corridor", "2022-08-25", "2022-08-26"),
        ("corridor", "2020-12-01", "2022-09-01"),
    ],
)
def test_corridor_zone_and_events_say_alike_which_places_left(
    layer: str, base: str, target: str
) -> None:
    named = {
        name.removeprefix("places/")
        for one in SHIPPED.events
        if one.date == "2022-08-26"
        for name in one.features
        if name.startswith("places/")
    }
    assert named == HANDED_OVER
    found = shipped(layer, base, target)
    assert {one.id for one in found if one.effect == "left" and one.certain} == HANDED_OVER
    assert {one.by_status for one in found} == {("corridor", "outside")}


def test_the_shipped_zone_loses_three_places_in_august_2022() -> None:
    found = shipped("zone", "2022-08-01", "2022-09-01")
    assert [(one.id, one.effect) for one in found] == [
        ("zabukh", "left"),
        ("lachin", "left"),
        ("sus", "left"),
    ]


@pytest.mark.parametrize(
    ("base", "target", "effect", "named"),
    [
        ("2020-12-01", "2020-12-13", "entered", {"kohna-taghlar", "chaylaggala"}),
        ("2024-06-11", "2024-06-12", "left", None),
    ],
)
def test_the_shipped_zone_is_entered_and_left_only_perhaps_where_places_do_not_say(
    base: str, target: str, effect: str, named: set[str] | None
) -> None:
    found = shipped("zone", base, target)
    assert {(one.effect, one.certain) for one in found} == {(effect, False)}
    assert named is None or {one.id for one in found} == named


def dated(event_id: str, date: str, *layers: str, features: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "id": event_id,
        "date": date,
        "title": event_id,
        "layers": list(layers),
        "features": list(features),
    }


@pytest.fixture
def dated_root(tmp_path: Path) -> Catalogue:
    zone = [drawn("z", square(10, 45, 1.0))]
    versions = dict.fromkeys(
        ("2020-11-10", "2021-07-01", "2022-08-30", "2022-08-30.2", "2023-01-01"), zone
    )
    events = [
        dated("first day", "2020-11-10", "zone"),
        dated("day after", "2020-11-11", "zone"),
        dated("month of start", "2020-11", "zone"),
        dated("july", "2021-07", "zone"),
        dated("year", "2021", "zone"),
        dated("elsewhere", "2021-03-01", "roads"),
        dated("by feature", "2021-04-01", "roads", features=("zone/z",)),
        dated("later", "2022-08-30", "zone"),
        dated("last", "2022-08-31", "zone"),
        dated("long before", "2019", "zone"),
    ]
    root = write(
        tmp_path / "c",
        {"zone": versions},
        events=events,
        version_events={"2022-08-30": ["later"], "2022-08-30.2": ["later", "last"]},
    )
    return Catalogue(root)


@pytest.mark.parametrize(
    ("base", "target", "expected"),
    [
        ("2020-11-10", "2021-07-01", {"day after", "month of start", "july", "year", "by feature"}),
        ("2021-07-01", "2022-08-30", {"july", "year", "later"}),
        ("2020-11-10", "2020-11-10", set()),
        ("2022-08-30", "2022-08-30.2", {"last"}),
        ("2022-08-30.2", "2023-01-01", {"last"}),
    ],
)
def test_events_are_those_after_the_earlier_version_up_to_the_later(
    dated_root: Catalogue, base: str, target: str, expected: set[str]
) -> None:
    layer = dated_root["zone"]
    there = events_between(dated_root, "zone", layer[base], layer[target])
    assert {one.id for one in there} == expected
    assert events_between(dated_root, "zone", layer[target], layer[base]) == there
    assert [one for one in dated_root.events if one in there] == list(there)


def test_the_shipped_events_tell_why_the_corridor_moved() -> None:
    layer = SHIPPED["corridor"]
    events = events_between(SHIPPED, "corridor", layer.on("2022-08-26"), layer.on("2022-09-01"))
    assert [one.id for one in events] == ["corridor-moves-2022"]
    assert events[0].sources
