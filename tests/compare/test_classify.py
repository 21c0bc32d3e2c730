"""Classes and evidence; the numbers expected are geographiclib's, or follow from the drawing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, permutations
from typing import Any

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

import pkzone
from pkzone.compare import Change, Diff
from pkzone.compare.geometry_change import classify_fast
from pkzone.geojson import Feature, FeatureCollection

WGS84 = Geodesic.WGS84
LAT, LON = 39.5, 46.5


def place(north_m: float, east_m: float, lat: float = LAT, lon: float = LON) -> list[float]:
    """Return a position so many metres north and then east of another."""
    up = WGS84.Direct(lat, lon, 0 if north_m >= 0 else 180, abs(north_m))
    across = WGS84.Direct(up["lat2"], up["lon2"], 90 if east_m >= 0 else 270, abs(east_m))
    return [across["lon2"], across["lat2"]]


def length_m(positions: Sequence[Sequence[float]]) -> float:
    return sum(WGS84.Inverse(a[1], a[0], b[1], b[0])["s12"] for a, b in pairwise(positions))


def area_km2(ring: Sequence[Sequence[float]]) -> float:
    polygon = WGS84.Polygon()
    for lon, lat in ring[:-1]:
        polygon.AddPoint(lat, lon)
    return abs(float(polygon.Compute()[2])) / 1e6


def point(position: Sequence[float]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": list(position)}


def line(*positions: Sequence[float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [list(one) for one in positions]}


def polygon(*positions: Sequence[float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(one) for one in (*positions, positions[0])]]}


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    return polygon([west, south], [east, south], [east, north], [west, north])


def features(*given: Feature) -> FeatureCollection:
    return FeatureCollection(given, ())


def changed(
    base: dict[str, Any] | None,
    target: dict[str, Any] | None,
    *,
    uncertainty_m: Any = None,
    **options: Any,
) -> Change:
    """Return the change of one feature from one geometry to another."""
    properties = {} if uncertainty_m is None else {"uncertainty_m": uncertainty_m}
    found = pkzone.diff(
        features(Feature("a", properties, base)),
        features(Feature("a", properties, target)),
        **options,
    )
    (change,) = found.changes
    assert change.kind == "modified"
    assert change.aspects == ("geometry",)
    return change


def test_a_point_moves() -> None:
    change = changed(point(place(0, 0)), point(place(0, 340)))
    assert change.geometry_class == "moved"
    assert change.evidence is not None
    assert change.evidence.distance_m == pytest.approx(340, abs=1e-6)
    assert change.evidence.bearing_deg == pytest.approx(90, abs=1e-9)


EAST = [place(0, metres) for metres in (0, 2000, 4000, 6000)]


def beside(north_m: float) -> list[list[float]]:
    """Return the road, its two inner vertices moved north."""
    return [EAST[0], *(place(north_m, metres) for metres in (2000, 4000)), EAST[-1]]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ([EAST[0], EAST[0], *EAST[1:]], "revertexed"),
        (
            [*EAST[:1], [(EAST[0][0] + EAST[1][0]) / 2, (EAST[0][1] + EAST[1][1]) / 2], *EAST[1:]],
            "revertexed",
        ),
        (EAST[::-1], "reversed"),
        (beside(24), "redrawn"),
        (beside(26), "rerouted"),
        ([place(0, -30), *EAST[1:]], "rerouted"),
        (EAST[:3], "rerouted"),
    ],
)
@pytest.mark.parametrize("evidence", [True, False])
def test_a_line(target: list[list[float]], expected: str, evidence: bool) -> None:
    assert changed(line(*EAST), line(*target), evidence=evidence).geometry_class == expected


def test_evidence_of_a_rerouted_line() -> None:
    """A triangle, two kilometres long and 500 m high, in the middle of the road."""
    bypass = [EAST[0], EAST[1], place(500, 3000), *EAST[2:]]
    change = changed(line(*EAST), line(*bypass))
    found = change.evidence
    assert found is not None
    assert found.length_base_m == pytest.approx(length_m(EAST), rel=1e-9)
    assert found.length_target_m == pytest.approx(length_m(bypass), rel=1e-9)
    assert found.length_delta_m == pytest.approx(length_m(bypass) - length_m(EAST), abs=1e-6)
    assert found.kept_m is not None
    assert found.removed_m is not None
    assert found.kept_m + found.removed_m == pytest.approx(length_m(EAST), abs=1e-3)
    # 25 m off after 50 m of the base on either side: the slope is 1 in 2.
    assert found.removed_m == pytest.approx(2000 - 2 * 25 * 5**0.5, abs=8)
    assert found.max_offset_m == pytest.approx(500, abs=0.5)
    assert found.max_offset_at == pytest.approx(tuple(place(500, 3000)), abs=1e-6)
    assert [section.kind for section in change.sections] == ["kept", "removed", "added", "kept"]
    for section in change.sections:
        assert section.geometry is not None
        drawn = length_m(list(section.geometry.coords))
        assert drawn == pytest.approx(section.length_m, abs=0.01)


def test_evidence_of_a_reshaped_area() -> None:
    ring, wider = box(46, 39, 46.1, 39.1), box(46, 39, 46.12, 39.1)
    change = changed(ring, wider)
    found = change.evidence
    assert change.geometry_class == "reshaped"
    assert found is not None
    gained = area_km2(box(46.1, 39, 46.12, 39.1)["coordinates"][0])
    kept = area_km2(ring["coordinates"][0])
    assert found.area_base_km2 == pytest.approx(kept, rel=1e-9)
    assert found.area_target_km2 == pytest.approx(area_km2(wider["coordinates"][0]), rel=1e-9)
    assert found.gained_km2 == pytest.approx(gained, rel=1e-4)
    assert found.lost_km2 == pytest.approx(0, abs=1e-3)
    assert found.iou == pytest.approx(kept / (kept + gained), rel=1e-4)
    shift = WGS84.Inverse(39, 46.1, 39, 46.12)["s12"]
    assert found.max_shift_m == pytest.approx(shift, rel=1e-3)
    assert change.gained is not None
    assert change.gained.bounds == pytest.approx((46.1, 39, 46.12, 39.1), abs=1e-9)


@pytest.mark.parametrize(("shift_m", "expected"), [(24, "redrawn"), (26, "reshaped")])
@pytest.mark.parametrize("evidence", [True, False])
def test_the_tolerance_of_a_border(shift_m: float, expected: str, evidence: bool) -> None:
    corners = [place(0, 0), place(0, 900), place(900, 900), place(900, 0)]
    other = [*corners[:3], place(900, 0 - shift_m)]
    change = changed(polygon(*corners), polygon(*other), evidence=evidence)
    assert change.geometry_class == expected


HOLE = [[46.02, 39.02], [46.02, 39.04], [46.04, 39.04], [46.02, 39.02]]
A_BOX = box(46, 39, 46.1, 39.1)
BOX_KM2 = area_km2(A_BOX["coordinates"][0])
HOLED = {"type": "Polygon", "coordinates": [*A_BOX["coordinates"], HOLE]}
TWO_LINES = {
    "type": "MultiLineString",
    "coordinates": [[[46, 39], [46.1, 39]], [[47, 39], [48, 39]]],
}


@pytest.mark.parametrize(
    ("base", "target", "expected"),
    [
        (
            {"type": "LineString", "coordinates": [[46, 39, 5], [47, 39, 5]]},
            {"type": "LineString", "coordinates": [[46, 39, 9], [47, 39, 5]]},
            "revertexed",
        ),
        (point([46, 39, 5]), point([46, 39, 6]), "revertexed"),
        (point([46, 39]), line([46, 39], [47, 39]), "rerouted"),
        (line([46, 39], [47, 39]), A_BOX, "reshaped"),
        (A_BOX, point([46, 39]), "reshaped"),
        (None, point([46, 39]), "moved"),
        (A_BOX, None, "reshaped"),
        (None, {"type": "Point", "coordinates": []}, "revertexed"),
        ({"type": "MultiPoint", "coordinates": []}, TWO_LINES, "rerouted"),
        (A_BOX, HOLED, "reshaped"),
        (A_BOX, {"type": "MultiPolygon", "coordinates": [A_BOX["coordinates"]]}, "revertexed"),
        (line([46, 39], [46.1, 39]), TWO_LINES, "rerouted"),
        (point([46, 39]), {"type": "MultiPoint", "coordinates": [[46, 39], [46, 40]]}, "moved"),
        (
            {"type": "GeometryCollection", "geometries": [point([46, 39]), TWO_LINES]},
            {"type": "GeometryCollection", "geometries": [point([46, 39.0001]), TWO_LINES]},
            "redrawn",
        ),
        (
            {"type": "GeometryCollection", "geometries": [point([46, 39]), A_BOX]},
            {"type": "GeometryCollection", "geometries": [point([46, 38]), A_BOX]},
            "reshaped",
        ),
        (line([46, 39], [46, 39]), line([46, 39], [46, 39.0001]), "redrawn"),
        (line([46, 39], [46, 39]), line([46, 40], [46, 40]), "rerouted"),
        (line([179.9, 5], [180, 5]), line([-179.9, 5], [-180, 5]), "rerouted"),
        (line([5, 89.99], [95, 89.99]), line([5, 89.99], [95, 89.9901]), "redrawn"),
    ],
)
@pytest.mark.parametrize("evidence", [True, False])
def test_other_geometries(
    base: dict[str, Any] | None, target: dict[str, Any] | None, expected: str, evidence: bool
) -> None:
    assert changed(base, target, evidence=evidence).geometry_class == expected
    assert changed(target, base, evidence=evidence).geometry_class == expected


def test_a_hole_is_ground_lost() -> None:
    found = changed(A_BOX, HOLED).evidence
    assert found is not None
    assert found.lost_km2 == pytest.approx(area_km2(HOLE), rel=1e-4)


@pytest.mark.parametrize(
    ("tolerance_m", "expected"),
    [
        (0, "rerouted"),
        (99, "rerouted"),
        (101, "redrawn"),
        (1e9, "redrawn"),
    ],
)
def test_the_tolerance_of_a_line(tolerance_m: float, expected: str) -> None:
    change = changed(line(*EAST), line(*beside(100)), tolerance_m=tolerance_m)
    assert change.geometry_class == expected


@pytest.mark.parametrize(
    ("base_m", "target_m", "expected"),
    [
        (101, 101, True),
        (101, 99, False),
        (99, 101, False),
        (101, None, None),
        (None, 101, None),
        (101, "101", None),
        (101, True, None),
        (0, 0, False),
        (10**400, 101, True),
    ],
)
def test_the_uncertainty_of_both_sides(base_m: Any, target_m: Any, expected: bool | None) -> None:
    sides = [
        features(Feature("a", {} if metres is None else {"uncertainty_m": metres}, where))
        for metres, where in ((base_m, point(place(0, 0))), (target_m, point(place(100, 0))))
    ]
    (change,) = pkzone.diff(*sides).changes
    assert change.within_uncertainty is expected


@pytest.mark.parametrize(
    ("base", "target", "expected"),
    [
        (line(*EAST), line(*beside(99)), True),
        (line(*EAST), line(*beside(101)), False),
        (line(*EAST), None, False),
        (box(46, 39, 47, 40), box(46, 39, 47, 41), False),
    ],
)
def test_the_largest_distance_counts(
    base: dict[str, Any], target: dict[str, Any] | None, expected: bool
) -> None:
    assert changed(base, target, uncertainty_m=100).within_uncertainty is expected


@pytest.mark.parametrize(
    ("base", "target", "same"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        (None, None, True),
        ("1", 1, False),
        ([1, {"a": 2}], [1.0, {"a": 2.0}], True),
        ([1, 2], [2, 1], False),
        ({}, [], False),
        ([True], [1], False),
        ({"a": None}, {}, False),
        (2**53 + 1, float(2**53), False),
        ("", None, False),
    ],
)
def test_values_of_json(base: Any, target: Any, same: bool) -> None:
    found = pkzone.diff(
        features(Feature("a", {"n": base, "m": 1}, None)),
        features(Feature("a", {"n": target, "m": 1}, None)),
    )
    assert found.is_empty is same
    if not same:
        (change,) = found.changes
        assert change.aspects == ("properties",)
        assert change.geometry_class is None
        assert list(change.properties) == ["n"]
        assert change.properties["n"].base is base
        assert change.properties["n"].target is target


def test_a_property_that_is_null_is_not_one_that_is_missing() -> None:
    found = pkzone.diff(features(Feature("a", {"n": None}, None)), features(Feature("a", {}, None)))
    told = found.changes[0].properties["n"]
    assert (told.base, told.in_base, told.target, told.in_target) == (None, True, None, False)


BOWTIE = polygon([46, 39], [46.1, 39.1], [46.1, 39], [46, 39.1])


def test_an_area_that_is_not_valid_is_repaired_and_named() -> None:
    found = pkzone.diff(features(Feature("bow", {}, BOWTIE)), features(Feature("bow", {}, A_BOX)))
    (change,) = found.changes
    half = area_km2([[46, 39], [46.05, 39.05], [46, 39.1], [46, 39]])
    assert change.evidence is not None
    assert change.evidence.area_base_km2 == pytest.approx(2 * half, rel=1e-4)
    assert len(found.notices) == 1
    assert found.notices[0].startswith("base: bow: its area is not valid (Self-intersection [46.05")


@pytest.mark.parametrize("kind", ["added", "split"])
def test_repairs_are_told_of_whatever_the_change(kind: str) -> None:
    half = box(46.5, 39, 46.6, 39.1)
    whole = {"type": "MultiPolygon", "coordinates": [BOWTIE["coordinates"], half["coordinates"]]}
    base = [] if kind == "added" else [Feature("whole", {}, whole)]
    found = pkzone.diff(
        features(*base), features(Feature("bow", {}, BOWTIE), Feature("half", {}, half))
    )
    assert kind in {change.kind for change in found.changes}
    assert any(notice.startswith("target: bow: ") for notice in found.notices)


def test_an_edge_of_half_a_turn_is_told_of() -> None:
    found = pkzone.diff(features(), features(Feature("a", {}, box(-180, -10, 180, 10))))
    assert "a: an edge spans 180 degrees of longitude or more" in found.notices[0]


def test_added_and_removed_features_state_their_size() -> None:
    found = pkzone.diff(
        features(Feature("road", {}, line(*EAST))),
        features(Feature("zone", {}, A_BOX), Feature("post", {}, point(EAST[0]))),
    )
    by_id = {change.id: change.evidence for change in found.changes}
    assert by_id["post"] is None
    assert by_id["road"] is not None
    assert by_id["road"].length_base_m == pytest.approx(length_m(EAST), rel=1e-9)
    assert by_id["zone"] is not None
    assert by_id["zone"].area_target_km2 == pytest.approx(BOX_KM2, rel=1e-9)


# The ground of a layer. Four boxes in a row; a and b meet at 46.1, b and c at 46.2.
ROW = [
    Feature(name, {}, box(46 + i / 10, 39, 46.1 + i / 10, 39.1)) for i, name in enumerate("abcd")
]


def ground(base: Sequence[Feature], target: Sequence[Feature]) -> tuple[float, ...]:
    areas = pkzone.diff(features(*base), features(*target)).areas
    assert areas is not None
    assert areas.kept_km2 + areas.lost_km2 == pytest.approx(areas.base_km2, abs=1e-9)
    assert areas.kept_km2 + areas.gained_km2 == pytest.approx(areas.target_km2, abs=1e-9)
    assert areas.iou == pytest.approx(
        areas.kept_km2 / (areas.kept_km2 + areas.lost_km2 + areas.gained_km2)
    )
    return areas.base_km2, areas.target_km2, areas.gained_km2, areas.lost_km2


def test_land_that_passes_from_one_feature_to_another_is_neither_gained_nor_lost() -> None:
    wide_a = Feature("a", {}, box(46, 39, 46.15, 39.1))
    slim_b = Feature("b", {}, box(46.15, 39, 46.2, 39.1))
    assert ground(ROW, [wide_a, slim_b, *ROW[2:]]) == pytest.approx(
        (4 * BOX_KM2, 4 * BOX_KM2, 0, 0), abs=0.01
    )


def test_land_lost_to_an_unchanged_neighbour_that_covers_it_is_not_lost() -> None:
    over = Feature("over", {}, box(46.05, 39, 46.15, 39.1))
    expected = (4 * BOX_KM2, 3.5 * BOX_KM2, 0, 0.5 * BOX_KM2)
    assert ground([over, *ROW], [over, *ROW[1:]]) == pytest.approx(expected, abs=0.01)


def test_ground_that_several_cover_counts_once() -> None:
    far = [Feature("e", {}, box(50, 39, 50.1, 39.1)), Feature("f", {}, box(50.05, 39, 50.15, 39.1))]
    expected = (5.5 * BOX_KM2, 4.5 * BOX_KM2, 0, BOX_KM2)
    assert ground([*far, *ROW], [*far, *ROW[:3]]) == pytest.approx(expected, abs=0.01)


def test_ground_of_layers_that_are_empty_or_change_in_several_places() -> None:
    assert ground([], ROW) == pytest.approx((0, 4 * BOX_KM2, 4 * BOX_KM2, 0), abs=0.01)
    far = Feature("z", {}, box(-120, 39, -119.9, 39.1))
    assert ground([*ROW, far], ROW[1:]) == pytest.approx(
        (5 * BOX_KM2, 3 * BOX_KM2, 0, 2 * BOX_KM2), abs=0.01
    )


def test_the_order_of_areas_does_not_show_in_the_last_digit_of_their_sum() -> None:
    def layer(east: float, order: tuple[int, ...]) -> FeatureCollection:
        boxes = (
            (46.0, 39.0, 46.013, 39.013),
            (46.1, 39.2, 46.126, 39.226),
            (46.2, 39.4, 46.239, 39.439),
            (46.3, 39.6, east, 39.643),
        )
        return features(*(Feature(None, {}, box(*boxes[i])) for i in order))

    totals = {
        pkzone.diff(layer(46.343, order), layer(46.344, order)).areas
        for order in permutations(range(4))
    }
    assert len(totals) == 1


def test_ground_that_only_shrinks_gains_nothing() -> None:
    """Discs are cut out of a strip: no rounding of sums is ground gained."""
    areas = pkzone.diff("zone@2022-08-25", "zone@2022-08-26").areas
    assert areas is not None
    assert areas.gained_km2 == 0
    assert areas.lost_km2 == pytest.approx(7.72, abs=0.01)


@pytest.mark.parametrize(
    ("base", "target"),
    [
        (ROW, [Feature("a", {"n": 1}, ROW[0].geometry), *ROW[1:]]),
        ([*ROW, Feature("p", {}, point([46, 39]))], [*ROW[1:], Feature("p", {}, point([46, 39]))]),
        ([Feature("n", {}, None)], []),
    ],
    ids=["only properties differ", "not all are areas", "no ground at all"],
)
def test_no_totals_where_they_say_nothing(base: list[Feature], target: list[Feature]) -> None:
    found = pkzone.diff(features(*base), features(*target))
    assert not found.is_empty
    assert found.areas is None


def test_without_evidence_there_are_classes_only() -> None:
    full = pkzone.diff("corridor@2020-12-01", "corridor@2024-06-12")
    bare = pkzone.diff("corridor@2020-12-01", "corridor@2024-06-12", evidence=False)
    assert _classes(bare) == _classes(full)
    assert full.routes
    assert (bare.routes, bare.areas, bare.affected, bare.events) == ((), None, (), ())
    assert all(change.evidence is None for change in bare.changes)


def _classes(diff: Diff) -> list[tuple[object, ...]]:
    return [(one.id, one.kind, one.aspects, one.geometry_class) for one in diff.changes]


OFFSETS = st.floats(-60, 60)


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(["line", "area"]),
    moves=st.lists(st.tuples(OFFSETS, OFFSETS), min_size=6, max_size=6),
    tolerance_m=st.sampled_from([0.0, 1.0, 25.0, 100.0]),
    lat=st.floats(-69, 69),
)
def test_the_quick_class_is_the_measured_one(
    kind: str, moves: list[tuple[float, float]], tolerance_m: float, lat: float
) -> None:
    drawn = [(0, 0), (300, 400), (0, 800), (500, 900), (900, 500), (600, 0)]
    base = [place(north, east, lat) for north, east in drawn]
    target = [
        place(north + up, east + right, lat)
        for (north, east), (up, right) in zip(drawn, moves, strict=True)
    ]
    make = line if kind == "line" else polygon
    [quick] = classify_fast([(make(*base), make(*target))], tolerance_m=tolerance_m)
    found = pkzone.diff(
        features(Feature("a", {}, make(*base))),
        features(Feature("a", {}, make(*target))),
        tolerance_m=tolerance_m,
    )
    if quick is not None:
        assert [change.geometry_class for change in found.changes] == [quick]


def test_many_pairs_at_once_have_the_classes_that_each_has_alone() -> None:
    hole = [[list(one) for one in ((46.51, 39.51), (46.51, 39.52), (46.52, 39.52), (46.51, 39.51))]]
    outer = box(46.5, 39.5, 46.6, 39.6)["coordinates"]
    moved = box(46.5, 39.5, 46.6001, 39.6)["coordinates"]
    pairs: list[tuple[dict[str, Any] | None, dict[str, Any] | None]] = [
        (line([46.5, 39.5], [46.6, 39.6]), line([46.5, 39.5], [46.6, 39.60001])),
        (point([46.5, 39.5]), point([46.5, 39.6])),
        (line([46.5, 39.5], [46.6, 39.6]), line([46.5, 39.5], [46.55, 39.58], [46.6, 39.6])),
        (None, point([46.5, 39.5])),
        (
            {"type": "Polygon", "coordinates": outer + hole},
            {"type": "Polygon", "coordinates": moved + hole},
        ),
        ({"type": "Polygon", "coordinates": outer + hole}, box(46.5, 39.5, 46.6, 39.6)),
        (line([0, 89], [1, 89]), line([0, 89], [1, 88])),
    ]
    together = classify_fast(pairs, tolerance_m=25)
    assert together == [classify_fast([pair], tolerance_m=25)[0] for pair in pairs]
    assert together == ["redrawn", "moved", "rerouted", None, "redrawn", "reshaped", None]


def test_a_gap_in_the_middle_of_a_mixed_geometry_is_measured() -> None:
    """All vertices of the road lie on the stubs that are left of it."""
    road = line(place(0, 0), place(0, 9000))
    stubs = [line(place(0, a), place(0, a + 1000)) for a in (0, 8000)]
    sides = ([point(place(0, 0)), *lines] for lines in ([road], stubs))
    base, target = ({"type": "GeometryCollection", "geometries": side} for side in sides)
    found = changed(base, target)
    assert found.geometry_class == "rerouted"
    assert found.evidence is not None
    assert found.evidence.hausdorff_m == pytest.approx(3500, abs=0.5)


def test_what_is_not_measured_is_said() -> None:
    aside = np.random.default_rng(1).uniform(0, 5e-5, 3001)
    where = list(zip((46 + 1e-4 * np.arange(3001)).tolist(), (39 + aside).tolist(), strict=True))
    found = pkzone.diff(
        features(Feature("road", {}, line(*where))),
        features(Feature("road", {}, line(*((x, y + 0.001) for x, y in where)))),
    )
    (change,) = found.changes
    assert change.evidence is not None
    assert (change.evidence.frechet_m, change.geometry_class) == (None, "rerouted")
    notice = "road: the Fréchet distance is not computed for lines of more than 3,000 vertices"
    assert found.notices == (notice,)
    assert notice in found.to_text(width=200)


def test_what_is_too_wide_is_named_and_the_rest_is_measured() -> None:
    near, moved = line(place(0, 0), place(0, 900)), line(place(300, 0), place(300, 900))
    round_earth = line([0, 0], [120, 0], [-120, 0])
    base = features(Feature("a", {}, near), Feature("b", {}, round_earth), Feature("c", {}, near))
    target = features(
        Feature("a", {}, moved),
        Feature("b", {}, line([0, 1], [120, 1], [-120, 1])),
        Feature("c", {}, moved),
    )
    found = pkzone.diff(base, target)
    assert [one.geometry_class for one in found.changes] == ["rerouted"] * 3
    assert found.notices == ("b: it spans more than half the earth, so its change is not measured",)
    told = [one.evidence and one.evidence.hausdorff_m for one in found.changes]
    assert told == [pytest.approx(300, abs=0.01), None, pytest.approx(300, abs=0.01)]
