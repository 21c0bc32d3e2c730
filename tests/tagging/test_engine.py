"""Tagging places: against an obvious oracle, at switch dates, at borders and around the globe."""

from __future__ import annotations

import math
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import pkzone
from pkzone.errors import CannotTag
from pkzone.tagging.columns import Coded
from pkzone.tagging.engine import Tagger
from tests.helpers import tag_oracle as oracle
from tests.helpers.own_catalogue import line, point, write

CATALOGUE = pkzone.catalogue()
Row = dict[str, Any]


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.of()


@pytest.fixture(scope="module")
def quick() -> Tagger:
    return Tagger.of(distances=False)


def days(*texts: str) -> Any:
    return np.array(texts, "datetime64[D]")


def rows(values: dict[str, Any]) -> list[Row]:
    columns = {}
    for name, one in values.items():
        if isinstance(one, Coded):
            columns[name] = [None if code < 0 else one.values[code] for code in one.codes]
        else:
            columns[name] = one.tolist()
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def tag(tagger: Tagger, lon: float, lat: float, day: str | date) -> Row:
    (row,) = rows(tagger.points(np.array([lon]), np.array([lat]), days(str(day))))
    return row


STEPANAKERT = (46.7515, 39.8177)
SWITCHES = [(name, version) for name in ("zone", "corridor") for version in CATALOGUE[name]]


@pytest.mark.parametrize(("layer", "version"), SWITCHES)
def test_a_version_holds_from_its_first_day(tagger: Tagger, layer: str, version: str) -> None:
    starts = [one.valid_from for one in CATALOGUE[layer].versions]
    ids = list(CATALOGUE[layer])
    start = CATALOGUE[layer][version].valid_from
    for day in (start - timedelta(days=1), start, start + timedelta(days=1)):
        number = oracle.in_force(starts, day)
        expected = None if number is None else ids[number]
        assert tag(tagger, *STEPANAKERT, day)[f"{layer}_version"] == expected


def test_before_the_first_version_nothing_is_known(tagger: Tagger) -> None:
    row = tag(tagger, *STEPANAKERT, "2020-11-09")
    assert all(value is None or value != value or value == -1 for value in row.values())


def test_a_version_without_areas_is_outside_of_everywhere(tagger: Tagger) -> None:
    row = tag(tagger, *STEPANAKERT, "2024-06-12")
    assert row["zone_version"] == "2024-06-12"
    assert row["zone_answer"] == "outside"
    assert row["zone_feature"] is None
    assert np.isnan(row["zone_border_m"])


def test_the_town_was_inside(tagger: Tagger) -> None:
    row = tag(tagger, *STEPANAKERT, "2022-09-01")
    assert (row["zone_answer"], row["zone_feature"]) == ("inside", "core")
    assert row["places_feature"] == "stepanakert"
    assert row["places_distance_m"] < 2000


# Against the oracle


FEATURES = {
    version.ref: [
        {"id": one.id, "properties": one.properties, "geometry": one.geometry}
        for one in version.features().features
    ]
    for name in ("zone", "corridor", "places")
    for version in CATALOGUE[name].versions
}
EDGES = [
    edge
    for ref, features in FEATURES.items()
    if ref.startswith("zone")
    for feature in features
    for polygon in oracle.polygons(feature["geometry"])
    for ring in polygon
    for edge in oracle.edges(ring)
]


@st.composite
def near_a_border(draw: st.DrawFn) -> tuple[float, float]:
    (lon, lat), (lon2, lat2) = draw(st.sampled_from(EDGES))
    share = draw(st.floats(0, 1))
    away = 10.0 ** draw(st.floats(-6, -1))
    turn = draw(st.floats(0, 6.2832))
    return (
        lon + share * (lon2 - lon) + away * math.cos(turn),
        lat + share * (lat2 - lat) + away * math.sin(turn),
    )


PLACES = st.one_of(
    near_a_border(),
    st.tuples(st.floats(45.8, 47.6), st.floats(39.2, 40.7)),
    st.tuples(st.floats(-180, 180), st.floats(-90, 90)),
)
DAYS = st.builds(
    lambda start, shift: start + timedelta(days=shift),
    st.sampled_from([CATALOGUE[name][version].valid_from for name, version in SWITCHES]),
    st.sampled_from([-1, 0, 1]),
)


def close(found: float, expected: float) -> bool:
    """Tell whether a distance is true within 0.1 % or 1 cm."""
    return abs(found - expected) <= max(0.011, 1e-3 * abs(expected))


def features_on(name: str, version: str) -> list[Row]:
    return FEATURES[f"{name}@{version}"]


def check_area(row: Row, place: tuple[float, float], features: list[Row], name: str) -> None:
    seen = oracle.borders(place, features)
    expected = oracle.chosen(seen)
    if expected is None:
        assert row[f"{name}_feature"] is None
        assert row[f"{name}_answer"] == "outside"
        return
    if all(one.border_m > 0.02 for one in seen):  # else even the side is a matter of rounding
        found = next(one for one in seen if one.id == row[f"{name}_feature"])
        assert found.inside == expected.inside
        assert close(found.border_m, expected.border_m)
        signed_m = -found.border_m if found.inside else found.border_m
        assert close(row[f"{name}_border_m"], signed_m)
    if all(
        abs(away_m - one.uncertainty_m) > 1e-3 * one.uncertainty_m + 2
        for one in seen
        for away_m in (one.border_m, one.outer_m)
    ):
        assert row[f"{name}_answer"] == oracle.answer(seen)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(table=st.lists(st.tuples(PLACES, DAYS), min_size=1, max_size=4))
def test_zone_as_the_oracle_says(tagger: Tagger, quick: Tagger, table: list[Any]) -> None:
    lon, lat = np.array([place for place, _ in table]).T
    day = days(*(str(one) for _, one in table))
    made = rows(tagger.points(lon, lat, day))
    for row, short, (place, one) in zip(
        made, rows(quick.points(lon, lat, day)), table, strict=True
    ):
        starts = [version.valid_from for version in CATALOGUE["zone"].versions]
        number = oracle.in_force(starts, one)
        version = None if number is None else list(CATALOGUE["zone"])[number]
        assert row["zone_version"] == version
        if version is None:
            assert row["zone_answer"] is None
            continue
        check_area(row, place, features_on("zone", version), "zone")
        assert short["zone_answer"] == row["zone_answer"]
        assert short["zone_feature"] == (row["zone_feature"] if row["zone_border_m"] < 0 else None)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(place=PLACES, day=DAYS)
def test_corridor_and_places_as_the_oracle_says(
    tagger: Tagger, place: tuple[float, float], day: date
) -> None:
    row = tag(tagger, *place, day)
    if row["corridor_version"] is not None:
        features = features_on("corridor", row["corridor_version"])
        away = {
            one["id"]: oracle.to_lines_m(place, oracle.lines(one["geometry"]))[0]
            for one in features
        }
        assert close(row["corridor_distance_m"], min(away.values()))
        assert close(away[row["corridor_feature"]], min(away.values()))
        used = {
            one["id"]: one["properties"]["status"] in {"open", "restricted"} for one in features
        }
        assert row["corridor_in_use"] == used[row["corridor_feature"]]
    if row["places_version"] is not None:
        features = features_on("places", row["places_version"])
        away = {
            one["id"]: oracle.geodesic_m(place, one["geometry"]["coordinates"]) for one in features
        }
        assert close(row["places_distance_m"], min(away.values()))
        assert close(away[row["places_feature"]], min(away.values()))


@pytest.mark.parametrize(("layer", "version"), [one for one in SWITCHES if one[0] == "corridor"])
def test_chainage_is_the_sum_of_geodesics(tagger: Tagger, layer: str, version: str) -> None:
    """At each vertex of the routes in use, which the data draw from Stepanakert to Goris."""
    features = features_on(layer, version)
    routes: dict[str, list[Row]] = {}
    for one in features:
        if one["properties"]["status"] in {"open", "restricted"}:
            routes.setdefault(one["properties"]["route"], []).append(one)
    expected, seen = {}, {}
    for segments in routes.values():
        along_m, last = 0.0, None
        for one in sorted(segments, key=lambda one: one["properties"]["sequence"]):
            for place in one["geometry"]["coordinates"]:
                step_m = 0.0 if last is None else oracle.geodesic_m(last, place)
                is_gap = place is one["geometry"]["coordinates"][0] and step_m > 10
                along_m += 0.0 if is_gap else step_m
                last = place
                expected[one["id"], tuple(place[:2])] = along_m
                seen[tuple(place[:2])] = seen.get(tuple(place[:2]), 0) + 1
    places = [place for place, times in seen.items() if times == 1]
    if not places:
        return
    start = CATALOGUE[layer][version].valid_from
    lon, lat = np.array(places).T
    found = rows(tagger.points(lon, lat, days(*[str(start)] * len(places))))
    checked = 0
    for place, row in zip(places, found, strict=True):
        assert row["corridor_distance_m"] < 0.01
        key = row["corridor_feature"], place
        if key in expected:
            checked += 1
            assert row["corridor_chainage_m"] == pytest.approx(expected[key], abs=0.01)
    assert checked > len(places) / 2


# Catalogues of one's own: antimeridian, holes, overlaps, several parts, heights


def area(feature_id: str, *rings: Any, uncertainty_m: float | None = None) -> Row:
    """Return an area of one polygon, or of several if rings are given in lists."""
    several = isinstance(rings[0][0][0], list)
    kind = "MultiPolygon" if several else "Polygon"
    coordinates = [*rings]
    properties = {} if uncertainty_m is None else {"uncertainty_m": uncertainty_m}
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "id": feature_id, "properties": properties, "geometry": geometry}


def square(west: float, south: float, east: float, north: float, *height: float) -> list[Any]:
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return [[*corner, *height] for corner in corners]


def begin(root: Path, **layers: list[Row]) -> Tagger:
    files = [write(root / f"{name}-2024-05-01.geojson", *layers[name]) for name in layers]
    pkzone.init(root / "own", files=files)
    return Tagger.of(catalogue=root / "own", shares=True)


DAY = "2024-05-02"


def test_layers_of_ones_own_are_all_asked(tmp_path: Path) -> None:
    tagger = begin(tmp_path, front=[line("a", (0, 0), (1, 0))], post=[point("p", 3.0, 4.0)])
    assert tagger.kinds.keys() == {
        *("front_version", "front_feature", "front_distance_m", "front_chainage_m"),
        *("front_in_use", "post_version", "post_feature", "post_distance_m"),
    }
    assert tagger.time_zone == "UTC"


HOLED = [area("ring", square(-1, -1, 1, 1), square(-0.5, -0.5, 0.5, 0.5)[::-1], uncertainty_m=1000)]
DEGREE_M = oracle.geodesic_m((0, 0), (0, 1))  # along the meridian of null island


@pytest.mark.parametrize(
    ("lat", "answer", "border_m"),
    [
        (0.0, "outside", None),  # null island, in the hole
        (0.499, "uncertain", 0.001),
        (0.5, "uncertain", 0.0),
        (0.501, "uncertain", -0.001),
        (0.75, "inside", -0.25),
        (1.0, "uncertain", 0.0),
        (1.5, "outside", 0.5),
    ],
)
def test_a_hole_is_outside(tmp_path: Path, lat: float, answer: str, border_m: float | None) -> None:
    row = tag(begin(tmp_path, zone=HOLED), 0.0, lat, DAY)
    assert (row["zone_answer"], row["zone_feature"]) == (answer, "ring")
    if border_m is None:
        side_m = oracle.to_lines_m((0, 0), HOLED[0]["geometry"]["coordinates"])[0]
    else:
        side_m = border_m * DEGREE_M
    assert row["zone_border_m"] == pytest.approx(side_m, rel=1e-3, abs=0.011)


def test_without_uncertainty_the_border_itself_is_outside(tmp_path: Path) -> None:
    tagger = begin(tmp_path, zone=[area("a", square(0, 0, 1, 1))])
    for lat, answer in ((-1e-6, "outside"), (0.0, "outside"), (1e-6, "inside")):
        assert tag(tagger, 0.5, lat, DAY)["zone_answer"] == answer
        assert (
            tag(Tagger.of(catalogue=tmp_path / "own", distances=False), 0.5, lat, DAY)[
                "zone_answer"
            ]
            == answer
        )


OVERLAPPING = [
    area("exact", square(0, 0, 2, 2), uncertainty_m=100),
    area("vague", square(1, 0.5, 3, 1.5), uncertainty_m=30_000),
]


@pytest.mark.parametrize(
    ("lon", "answer", "feature"),
    [
        (0.5, "inside", "exact"),
        (1.4, "inside", "exact"),  # in both, deeper in this
        (1.9, "inside", "vague"),  # in both, deeper in that; that it is in this is sure
        (2.2, "inside", "vague"),
        (2.9, "uncertain", "vague"),
        (3.2, "uncertain", "vague"),
        (3.3, "outside", "vague"),
    ],
)
def test_the_deepest_of_several_areas(
    tmp_path: Path, lon: float, answer: str, feature: str
) -> None:
    row = tag(begin(tmp_path, zone=OVERLAPPING), lon, 1.0, DAY)
    assert (row["zone_answer"], row["zone_feature"]) == (answer, feature)


def test_an_uncertain_neighbour_counts_though_another_is_nearer(tmp_path: Path) -> None:
    east = 1 + 1100 / DEGREE_M
    areas = [
        area("a", square(0, 0, 1, 1), uncertainty_m=100),
        area("b", square(east, 0, 2, 1), uncertainty_m=1000),
    ]
    row = tag(begin(tmp_path, zone=areas), 1 + 500 / DEGREE_M, 0.5, DAY)
    assert (row["zone_answer"], row["zone_feature"]) == ("uncertain", "a")


ACROSS = [
    area("across", [square(179, -1, 180, 1)], [square(-180, -1, -179, 0.5)], uncertainty_m=1000)
]


@pytest.mark.parametrize(
    ("lon", "lat", "answer", "border_m"),
    [
        (179.999, 0.0, "inside", -0.5),
        (180.0, 0.0, "inside", -0.5),
        (-180.0, 0.0, "inside", -0.5),
        (-179.75, 0.25, "inside", -0.25),
        (180.0, 0.8, "uncertain", 0.0),
        (-179.999, 0.8, "uncertain", 0.001),
        (-178.9, 0.0, "outside", 0.1),
        (178.9, 0.0, "outside", 0.1),
    ],
)
def test_an_area_across_the_antimeridian_has_no_border_there(
    tmp_path: Path, lon: float, lat: float, answer: str, border_m: float
) -> None:
    begin(tmp_path, zone=ACROSS)
    for distances in (True, False):
        tagger = Tagger.of(catalogue=tmp_path / "own", distances=distances)
        row = tag(tagger, lon, lat, DAY)
        assert row["zone_answer"] == answer
        if distances:  # a degree of longitude is 0.7 % longer than one of latitude here
            assert row["zone_border_m"] == pytest.approx(border_m * DEGREE_M, rel=8e-3, abs=0.011)


def test_heights_and_parts(tmp_path: Path) -> None:
    islands = area("islands", [square(0, 0, 1, 1, 50.0)], [square(3, 0, 4, 1, 50.0)])
    tagger = begin(tmp_path, zone=[islands], road=[line("r", (0, 0, 9.0), (1, 0, 9.0))])
    for lon, answer in ((0.5, "inside"), (2.0, "outside"), (3.5, "inside")):
        row = tag(tagger, lon, 0.5, DAY)
        assert row["zone_answer"] == answer
        expected = oracle.borders((lon, 0.5), [islands])[0]
        assert abs(row["zone_border_m"]) == pytest.approx(expected.border_m, rel=1e-3)


def test_a_line_across_the_antimeridian_takes_the_shorter_way(tmp_path: Path) -> None:
    row = tag(begin(tmp_path, road=[line("r", (179, 0), (-179, 0))]), -179.5, 1.0, DAY)
    assert row["road_distance_m"] == pytest.approx(DEGREE_M, rel=1e-3)
    along_m = oracle.geodesic_m((179, 0), (180.5, 0))
    assert row["road_chainage_m"] == pytest.approx(along_m, abs=1e-3 * DEGREE_M)


# Lines and areas as records

PLAIN = [area("a", square(0, 0, 1, 1), uncertainty_m=1000)]


@pytest.mark.parametrize(
    ("record", "answer", "share", "border_m"),
    [
        (shapely.LineString([(0.2, 0.5), (0.8, 0.5)]), "inside", 1.0, -0.2 * 1.0067),
        (shapely.LineString([(0.5, 0.5), (0.5, 0.999)]), "uncertain", 1.0, -0.001),
        (shapely.LineString([(0.5, 0.5), (0.5, 2.0)]), "partly", 1 / 3, 0.0),
        (shapely.LineString([(0.5, 0.5), (0.5, 1.001)]), "uncertain", 0.998, 0.0),
        (shapely.LineString([(0.5, 1.2), (0.5, 2.0)]), "outside", 0.0, 0.2),
        (shapely.LineString([(0.5, 1.001), (0.5, 2.0)]), "uncertain", 0.0, 0.001),
        (shapely.LineString([(-9.0, 1.5), (9.0, 1.5)]), "outside", 0.0, 0.5),
        (shapely.LineString([(0.5, 40.0), (0.5, 60.0)]), "outside", 0.0, 39.1),
        (shapely.box(0.5, 0.25, 1.5, 0.75), "partly", 0.5, 0.0),
        (shapely.box(-1, -1, 2, 2), "partly", 1 / 9, 0.0),
        (shapely.box(0.4, 0.4, 0.6, 0.6), "inside", 1.0, -0.4),
        (shapely.MultiPoint([(0.5, 0.5), (0.5, 3.0)]), "partly", 0.5, 0.0),
        (shapely.Point(0.5, 0.5, 7.0), "inside", 1.0, -0.5),
        (shapely.Polygon([(0.4, 0.4), (0.6, 0.6), (0.4, 0.6), (0.6, 0.4)]), "inside", 1.0, -0.4),
    ],
)
def test_lines_and_areas_as_records(
    tmp_path: Path, record: Any, answer: str, share: float, border_m: float
) -> None:
    tagger = begin(tmp_path, zone=PLAIN)
    (row,) = rows(tagger.shapes(np.array([record], dtype=object), days(DAY)))
    assert row["zone_answer"] == answer
    assert row["zone_share"] == pytest.approx(share, rel=2e-3)
    assert row["zone_border_m"] == pytest.approx(border_m * DEGREE_M, rel=8e-3, abs=0.011)


def test_records_meet_lines_and_places(tmp_path: Path) -> None:
    tagger = begin(
        tmp_path, road=[line("r", (0, 0), (2, 0))], post=[point("p", 1.0, 1.0), point("q", 5, 5)]
    )
    records = [
        shapely.LineString([(0.5, -1), (0.5, 1)]),
        shapely.box(0.5, 0.5, 1.5, 1.5),
        shapely.LineString([(4.0, 3.0), (6.0, 3.0)]),
    ]
    found = rows(tagger.shapes(np.array(records, dtype=object), days(*[DAY] * 3)))
    assert [row["road_distance_m"] for row in found] == pytest.approx(
        [0.0, DEGREE_M / 2, oracle.to_lines_m((2, 0), [[(4.0, 3.0), (6.0, 3.0)]])[0]], rel=1e-3
    )
    assert found[0]["road_chainage_m"] == pytest.approx(oracle.geodesic_m((0, 0), (0.5, 0)))
    assert [row["post_feature"] for row in found] == ["p", "p", "q"]
    assert found[1]["post_distance_m"] == 0


def test_records_without_a_place_have_nulls_only(tagger: Tagger) -> None:
    nowhere = [None, shapely.Point(), shapely.LineString(), shapely.Point(200, 0)]
    nowhere += [shapely.LineString([(0, 0), (math.inf, 1)]), shapely.box(0, 0, 10, 91)]
    records = np.array([*nowhere, shapely.Point(*STEPANAKERT)], dtype=object)
    *bad, good = rows(tagger.shapes(records, days(*["2022-09-01"] * len(records))))
    for row in bad:
        assert all(value is None or value != value or value == -1 for value in row.values())
    assert good == tag(tagger, *STEPANAKERT, "2022-09-01")


# The tagger as a value


def test_it_travels_to_other_processes(tagger: Tagger) -> None:
    before = tag(tagger, *STEPANAKERT, "2022-09-01")
    packed = pickle.dumps(tagger)
    assert len(packed) < 1_000_000
    again = pickle.loads(packed)  # noqa: S301 - what was packed above
    assert again.kinds == tagger.kinds
    assert tag(again, *STEPANAKERT, "2022-09-01") == before
    assert pickle.loads(packed)._cache is again._cache  # noqa: S301 - indexes are shared


def test_threads_get_the_same(tagger: Tagger) -> None:
    fresh = Tagger.of()
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(46, 47.5, 400), rng.uniform(39.3, 40.5, 400)
    day = np.datetime64("2020-11-01", "D") + rng.integers(0, 1500, 400)
    expected = rows(tagger.points(lon, lat, day))
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: rows(fresh.points(lon, lat, day)), range(4)))
    assert all(repr(run) == repr(expected) for run in runs)


@pytest.mark.parametrize(
    ("lon", "lat", "is_swapped"),
    [(39.8, 46.7, True), (46.7, 39.8, False), (0, 0, False), (math.nan, 46.7, False)],
)
def test_swapped_coordinates_are_told(
    quick: Tagger, lon: float, lat: float, is_swapped: bool
) -> None:
    assert quick.looks_swapped(np.array([lon]), np.array([lat])).tolist() == [is_swapped]


def test_names_and_kinds_of_columns() -> None:
    tagger = Tagger.of(["zone"], distances=False, prefix="pk_")
    assert tagger.kinds == dict.fromkeys(
        ("pk_zone_version", "pk_zone_answer", "pk_zone_feature"), "text"
    )
    assert list(tagger.points(np.zeros(1), np.zeros(1), days(DAY))) == [*tagger.kinds]


def test_a_layer_without_geometry_is_refused(tmp_path: Path) -> None:
    nothing = {"type": "Feature", "id": "x", "properties": {}, "geometry": None}
    write(tmp_path / "empty-2024-05-01.geojson", nothing)
    pkzone.init(tmp_path / "own", files=[tmp_path / "empty-2024-05-01.geojson"])
    with pytest.raises(CannotTag, match=r"empty.*leave it out"):
        Tagger.of(["empty"], catalogue=tmp_path / "own")
    with pytest.raises(CannotTag, match="publish one"):
        Tagger.of(catalogue=tmp_path / "own")


def _zigzag(edges: int) -> list[tuple[float, float]]:
    """Return vertices of edges that each run 1.2 degrees along the parallel of 42.5 degrees."""
    return [(20.0 + 1.2 * (i % 2), 42.5) for i in range(edges + 1)]


@pytest.mark.parametrize(("edges", "is_said"), [(6_000, False), (9_000, True)])
def test_a_layer_of_many_long_edges_is_less_precise_and_says_so(
    tmp_path: Path, edges: int, is_said: bool
) -> None:
    """A chord of the parallel, 6,378 km * cos(42.5) wide, bends by its square by eight radii.

    An edge takes 161 pieces to leave it by 1 cm; 9,000 take more than a million, so that they
    are cut into 81 each: 258 m / 81 ** 2 is 4 cm.
    """
    file = write(tmp_path / "long-2024-05-01.geojson", line("a", *_zigzag(edges)))
    pkzone.init(tmp_path / "own", files=[file])
    table = pd.DataFrame({"lon": [20.5], "lat": [42.6], "date": ["2024-06-01"]})
    said = (
        "layer long: its edges are so long, and so many, that distances to it may be off by 0.04 m"
    )
    assert pkzone.tag(table, ["long"], catalogue=tmp_path / "own").notices == (said,) * is_said
