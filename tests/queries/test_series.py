"""A layer through time: every number against frames measured by pyproj, gaps and empty groups."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pyproj import Geod

import pkzone
from pkzone.errors import BadDate, BadOption, BadReference, LayerNotFound, VersionNotFound
from tests.helpers.drawn_catalogue import feature, line, point, square, write
from tests.helpers.printed import ROOT

GEOD = Geod(ellps="WGS84")
GROUPS = ("kind", "status", "controller", "route")
IN_USE = ("open", "restricted")
Record = dict[str, Any]


def expected(frame: gpd.GeoDataFrame) -> Record:
    """Return the unrounded numbers of a frame, None where it has nothing to measure."""
    lines = frame[frame.geometry.geom_type.isin(["LineString", "MultiLineString"])]
    areas = frame[frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    used = lines[lines["status"].isin(IN_USE)] if len(lines) else lines
    return {
        "features": len(frame),
        "length_drawn_km": kilometres(lines),
        "length_drawn_in_use_km": kilometres(used),
        "length_schematic_km": kilometres(rough(lines)),
        "length_schematic_in_use_km": kilometres(rough(used)),
        "length_published_km": published(lines),
        "length_published_in_use_km": published(used),
        "area_km2": abs(GEOD.geometry_area_perimeter(shapely.union_all(areas.geometry))[0]) / 1e6,
    }


def rough(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return lines[lines["geometry_basis"] == "schematic"] if len(lines) else lines


def kilometres(lines: gpd.GeoDataFrame) -> float:
    return sum(map(GEOD.geometry_length, lines.geometry)) / 1000


def published(lines: gpd.GeoDataFrame) -> float | None:
    stated = lines["length_published_km"] if "length_published_km" in lines else pd.Series([None])
    return float(stated.sum()) if stated.notna().all() else None


def steps(frame: gpd.GeoDataFrame) -> dict[str, float]:
    """Return to what the shipped layers are rounded: they are all off by 1 km and more."""
    lines = frame[frame.geometry.geom_type.isin(["LineString", "MultiLineString"])]
    used = lines[lines["status"].isin(IN_USE)]
    return {
        "length_drawn_km": 1.0 if (lines["geometry_basis"] == "schematic").any() else 0.1,
        "length_drawn_in_use_km": 1.0 if (used["geometry_basis"] == "schematic").any() else 0.1,
        "length_schematic_km": 1.0,
        "length_schematic_in_use_km": 1.0,
        "area_km2": 1.0,
    }


def compare(row: Record, frame: gpd.GeoDataFrame) -> None:
    """Hold a row to a frame; what the layer or group never has anything of may be None."""
    wanted, step = expected(frame), steps(frame)
    assert row["features"] == wanted["features"]
    for name in step:
        if row[name] is None:
            assert wanted[name] == 0
        else:
            assert row[name] == pytest.approx(wanted[name], abs=step[name] / 2 + 1e-6)
            assert row[name] == round(row[name], 0 if step[name] == 1.0 else 1)
    for name in ("length_published_km", "length_published_in_use_km"):
        assert row[name] is None or row[name] == pytest.approx(wanted[name], abs=0.5)


@pytest.mark.parametrize("layer", list(pkzone.catalogue()))
def test_every_version_of_the_shipped_layers(layer: str) -> None:
    versions = pkzone.catalogue()[layer].versions
    rows = pkzone.series(layer).records()
    assert [row["version"] for row in rows] == [version.id for version in versions]
    for row, version in zip(rows, versions, strict=True):
        frame = version.frame()
        compare(row, frame)
        until = version.valid_to and version.valid_to.isoformat()
        assert (row["valid_from"], row["valid_to"]) == (version.valid_from.isoformat(), until)
        assert (row["title"], row["events"]) == (version.title, list(version.events))
        assert dict(row["statuses"] or {}) == frame["status"].value_counts().to_dict()


@pytest.mark.parametrize(
    ("layer", "by"),
    [*(("corridor", by) for by in GROUPS), ("zone", "status"), ("transport", "kind")],
)
def test_groups_of_every_version(layer: str, by: str) -> None:
    rows = pkzone.series(layer, by=by).records()
    groups = dict.fromkeys(row[by] for row in rows)
    versions = pkzone.catalogue()[layer].versions
    assert [(row["version"], row[by]) for row in rows] == [
        (version.id, group) for version in versions for group in groups
    ]
    for version in versions:
        frame = version.frame()
        values = frame[by] if by in frame else pd.Series(pd.NA, index=frame.index)
        for row in rows:
            if row["version"] == version.id:
                is_own = values.isna() if row[by] is None else (values == row[by]).fillna(False)
                compare(row, frame[is_own.astype(bool)])
        assert sum(row["features"] for row in rows if row["version"] == version.id) == len(frame)


def test_published_lengths_of_the_road_of_2022() -> None:
    """The features state 36, 21.3 and 4.7 km: whole km is what all of them are known to."""
    [row] = [
        row
        for row in pkzone.series(
            "corridor", start="2022-12-12", end="2022-12-12", by="status"
        ).records()
        if row["status"] == "restricted"
    ]
    assert (row["features"], row["length_published_km"]) == (2, 57)  # 36 + 21.3


@pytest.fixture
def road(tmp_path: Path) -> Path:
    """A road of two segments that comes, is split, is closed and goes; a lake beside it."""
    west, east = line((10.0, 45.0), (10.1, 45.0)), line((10.1, 45.0), (10.2, 45.0))
    layers = {
        "road": {
            "2020-01-01": [],
            "2020-02-01": [
                feature("west", west, status="open", kind="road", length_published_km=7.96),
                feature("east", east, status="closed", kind="track", length_published_km=8.1),
            ],
            "2020-03-01": [feature("west", west, status="open", kind="road")],
            "2020-03-01.2": [],
            "2020-04-01": [
                feature("west", west, status="restricted", kind="road", length_published_km=8),
                feature("east", east, kind="track", length_published_km=8.1),
                feature("camp", point(10.0, 45.0), status="held", kind="camp"),
            ],
            "2020-05-01": [],
        },
        "water": {
            "2020-01-01": [
                feature("lake", square(11.0, 45.0, 0.1), uncertainty_m=20),
                feature("half", square(11.05, 45.0, 0.05), uncertainty_m=20),
                feature("beside", square(11.1, 45.0, 0.1), uncertainty_m=20),
            ]
        },
        "posts": {"2020-01-01": [feature("post", point(10.0, 45.0))]},
        "bare": {},
    }  # fmt: skip
    return write(tmp_path / "road", layers, version_title="As it is")


def column(name: str, *args: Any, **options: Any) -> list[Any]:
    return [row[name] for row in pkzone.series(*args, **options).records()]


def test_versions_without_features_first_in_the_middle_and_last(road: Path) -> None:
    assert column("version", "road", catalogue=road) == [
        "2020-01-01", "2020-02-01", "2020-03-01", "2020-03-01.2", "2020-04-01", "2020-05-01"
    ]  # fmt: skip
    assert column("features", "road", catalogue=road) == [0, 2, 1, 0, 3, 0]
    one_km = GEOD.line_length([10.0, 10.1], [45.0, 45.0]) / 1000
    one, both = round(one_km, 2), round(2 * one_km, 2)
    assert column("length_drawn_km", "road", catalogue=road) == [0, both, one, 0, both, 0]
    # of no status is in use, as for a route
    assert column("length_drawn_in_use_km", "road", catalogue=road) == [0, one, one, 0, both, 0]
    # 7.96 + 8.1; one is missing; 8 + 8.1
    assert column("length_published_km", "road", catalogue=road) == [0, 16.1, None, 0, 16, 0]
    assert column("length_published_in_use_km", "road", catalogue=road) == [0, 7.96, None, 0, 16, 0]
    assert column("area_km2", "road", catalogue=road) == [None] * 6


def test_groups_that_are_empty_first_in_the_middle_and_last(road: Path) -> None:
    rows = pkzone.series("road", by="kind", catalogue=road).records()
    counts: dict[str, list[int]] = {}
    for row in rows:
        counts.setdefault(row["kind"], []).append(row["features"])
    assert counts == {
        "camp": [0, 0, 0, 0, 1, 0],
        "road": [0, 1, 1, 0, 1, 0],
        "track": [0, 1, 0, 0, 1, 0],
    }
    assert {row["length_drawn_km"] for row in rows if row["kind"] == "camp"} == {None}
    tracks = [row["length_published_km"] for row in rows if row["kind"] == "track"]
    assert tracks == [0, 8.1, 0, 0, 8.1, 0]


def test_statuses_stand_in_the_order_of_roads_then_others_then_none(road: Path) -> None:
    assert column("status", "road", by="status", start="2020-04-01", catalogue=road) == [
        "restricted", "held", None
    ] * 2  # fmt: skip


def test_ground_that_areas_share_counts_once(road: Path) -> None:
    lake, half, beside = pkzone.load("water", road).geometry[["lake", "half", "beside"]]
    assert lake.contains(half)
    drawn = shapely.union_all([lake, half, beside])
    wanted = abs(GEOD.geometry_area_perimeter(drawn)[0]) / 1e6
    assert column("area_km2", "water", catalogue=road) == [pytest.approx(wanted, abs=1e-4)]
    assert column("length_drawn_km", "water", catalogue=road) == [None]


def test_lines_and_areas_of_one_feature_count_each_as_what_they_are(tmp_path: Path) -> None:
    members = [line((10.0, 45.0), (10.1, 45.0)), square(11.0, 45.0, 0.1), square(11.0, 45.0, 0.1)]
    both = {"type": "GeometryCollection", "geometries": [*members, point(0.0, 0.0)]}
    features = [
        feature("both", both, uncertainty_m=20),
        feature("lake", square(11.0, 45.0, 0.1), uncertainty_m=20),
        feature("nowhere", None),  # type: ignore[arg-type]
        feature("nothing", {"type": "GeometryCollection", "geometries": []}),
    ]
    root = write(tmp_path / "mixed", {"mixed": {"2020-01-01": features}})
    [row] = pkzone.series("mixed", catalogue=root).records()
    area = abs(GEOD.geometry_area_perimeter(shapely.geometry.shape(members[1]))[0]) / 1e6
    assert row["area_km2"] == pytest.approx(area, abs=1e-4)
    assert row["length_drawn_km"] == round(GEOD.line_length([10, 10.1], [45, 45]) / 1000, 3)
    assert row["features"] == 4


def test_the_area_is_that_of_a_diff() -> None:
    rows = pkzone.series("zone").records()
    for before, after in pairwise(rows):
        areas = pkzone.diff(f"zone@{before['version']}", f"zone@{after['version']}").areas
        if areas is not None:
            assert before["area_km2"] == round(areas.base_km2)
            assert after["area_km2"] == round(areas.target_km2)


def test_a_layer_of_points_has_nothing_to_measure(road: Path) -> None:
    [row] = pkzone.series("posts", catalogue=road).records()
    measured = [name for name in row if name.endswith(("_km", "_km2"))]
    assert measured
    assert [row[name] for name in measured] == [None] * len(measured)
    assert (row["features"], row["statuses"]) == (1, {})


@pytest.mark.parametrize(
    ("start", "end", "versions"),
    [
        (None, None, ["2020-01-01", "2020-02-01", "2020-03-01", "2020-03-01.2", "2020-04-01",
                      "2020-05-01"]),
        ("2020-02-01", "2020-02-01", ["2020-02-01"]),
        ("2020-02-02", "2020-03-01", ["2020-02-01", "2020-03-01", "2020-03-01.2"]),
        ("2020-03-01", "2020-03-31", ["2020-03-01.2"]),
        (date(2020, 4, 2), None, ["2020-04-01", "2020-05-01"]),
        ("2020-04", "2020-04", ["2020-04-01"]),
        (None, "2020-01", ["2020-01-01"]),
        ("2019", "2020-01-01", ["2020-01-01"]),
        ("2031", None, ["2020-05-01"]),
    ],
)  # fmt: skip
def test_versions_in_force_in_a_span(
    start: str | date | None, end: str | None, versions: list[str], road: Path
) -> None:
    found = pkzone.series("road", start=start, end=end, catalogue=road)
    assert [row["version"] for row in found.records()] == versions
    whole = {row["version"]: row for row in pkzone.series("road", catalogue=road).records()}
    for row in found.records():  # with their true validity
        assert {name: row[name] or whole[row["version"]][name] for name in row} == whole[
            row["version"]
        ]


@pytest.mark.parametrize("span", ["2020-02-01..2020-04", "2020-02-15..", "..2020-03-01"])
def test_a_range_is_a_span(span: str, road: Path) -> None:
    start, end = (text or None for text in span.split(".."))
    in_range = pkzone.series(f"road@{span}", catalogue=road)
    assert in_range.rows == pkzone.series("road", start=start, end=end, catalogue=road).rows


@pytest.mark.parametrize("day", ["2020-01-01", "2020-02-29", "2020-03-01", "2020-12-31"])
def test_a_span_of_one_day_is_the_version_in_force(day: str, road: Path) -> None:
    version = pkzone.catalogue(road)["road"].on(day)
    assert column("version", "road", start=day, end=day, catalogue=road) == [version.id]


@pytest.mark.parametrize(
    ("args", "error", "message"),
    [
        ({"layer": "raod"}, LayerNotFound, "no layer raod; did you mean road?"),
        ({"layer": "bare"}, VersionNotFound, "bare has no version yet"),
        ({"layer": "./road.geojson"}, BadReference, "names a file"),
        ({"end": "2019-12-31"}, VersionNotFound, "by 2019-12-31; the first is 2020-01-01"),
        ({"start": "2020-03-01", "end": "2020-02"}, BadDate, "exchange the two"),
        (
            {"layer": "road@..2020-02", "start": "2020-05"},
            VersionNotFound,
            "none of the versions 2020-01-01 to 2020-02-01 of road is in force",
        ),
        ({"start": "spring"}, BadDate, "'spring' is not a version id; write a date"),
        ({"by": "name"}, BadOption, "not one of kind, status, controller, route"),
    ],
)
def test_refusals(args: dict[str, Any], error: type[Exception], message: str, road: Path) -> None:
    with pytest.raises(error, match=message.replace("?", r"\?")) as caught:
        pkzone.series(**{"layer": "road", "catalogue": road, **args})
    assert "\n" not in str(caught.value)


def test_values_that_are_no_text_make_groups_too(tmp_path: Path) -> None:
    odd = [
        feature("a", point(10.0, 45.0), kind=["x", 1]),
        feature("b", point(10.0, 45.0), kind=7, status=True, length_published_km="long"),
        feature("c", line((10.0, 45.0), (10.1, 45.0)), kind="7", uncertainty_m="?",
                length_published_km=True),
        feature("d", line((10.0, 45.0), (10.1, 45.0)), length_published_km=1e300),
    ]  # fmt: skip
    root = write(tmp_path / "odd", {"odd": {"2020-01-01": odd}})
    assert column("kind", "odd", by="kind", catalogue=root) == ["7", '["x", 1]', None]
    assert column("features", "odd", by="kind", catalogue=root) == [2, 1, 1]
    assert column("length_published_km", "odd", catalogue=root) == [None]


def test_a_frame_has_numbers_in_columns_of_numbers() -> None:
    frame = pkzone.series("zone", start="2022-08-26", end="2022-08-30").to_frame()
    measured = frame.filter(regex="_km2?$")
    assert all(map(pd.api.types.is_numeric_dtype, measured.dtypes))
    assert frame["area_km2"].to_list() == [3093, 3097]
    assert frame["length_drawn_km"].isna().all()
    assert pkzone.series("corridor", by="route").to_frame()["length_drawn_km"].sum() > 0


def test_the_notes_name_what_is_schematic_and_what_has_no_published_length() -> None:
    notes = " ".join(pkzone.series("corridor", end="2021-12").notes)
    assert "may be off by up to 3,000 m" in notes
    assert "Schematic, straight lines between known points, are 1 of 5 (km 36 - " in notes
    assert "of 3 of 5 (Aghavno / Zabukh road: join" in notes
    assert (
        "Of the whole route Khankendi / Stepanakert – Goris a source states more than 80 km "
        "(RFE/RL Armenian Service (Azatutyun) 2019): "
        "the road in use in 3 versions, 2020-11-10 to 2021-07-01." in notes
    )
    assert not any("chematic" in note for note in pkzone.series("zone").notes)
    assert "80 km" not in " ".join(pkzone.series("corridor", start="2022-08-30").notes)


@pytest.mark.parametrize(
    ("stated", "total"),
    [((36, 21.3), 57), ((21.3, 4.7), 26.0), ((0.1, 0.2), 0.3), ((1.25, 2.5), 3.8), ((1.0, 2), 3)],
)
def test_published_sums_are_as_exact_as_the_coarsest(
    stated: tuple[float, float], total: float, tmp_path: Path
) -> None:
    way = line((10.0, 45.0), (10.1, 45.0))
    features = [
        feature(str(number), way, status="open", length_published_km=km)
        for number, km in enumerate(stated)
    ]
    root = write(tmp_path / "c", {"road": {"2020-01-01": features}})
    [row] = pkzone.series("road", catalogue=root).records()
    assert repr(row["length_published_km"]) == repr(total)
    decimals = min(-Decimal(repr(km)).as_tuple().exponent for km in stated)  # type: ignore[operator]
    assert abs(Decimal(repr(total)) - sum(map(Decimal, map(repr, stated)))) * 2 <= 10**-decimals


def test_the_sizes_of_the_zone_in_notes_and_docs_are_those_of_its_series() -> None:
    sizes = [round(row["area_km2"]) for row in pkzone.series("zone").records() if row["area_km2"]]
    shown = pkzone.catalogue().version("zone@2022-08-30").features().features
    core = next(one for one in shown if one.id == "core")
    assert f"{min(sizes):,} to {max(sizes):,} km²" in core.properties["note"]
    gaps = (ROOT / "docs" / "gaps.md").read_text("utf-8")
    assert all(f"{size:,} km²" in gaps for size in sizes)
