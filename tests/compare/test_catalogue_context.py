"""What stands around the changes of two versions or files: routes, places, events."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic

import pkzone
from pkzone import errors, geojson
from pkzone.geojson import Feature, FeatureCollection
from pkzone.layers.catalogue import Catalogue
from tests.helpers.own_catalogue import line, put, write

OLD, NEW = "corridor@2020-12-01", "corridor@2022-08-30"


@pytest.fixture(scope="module")
def moved() -> pkzone.Diff:
    return pkzone.diff(OLD, NEW)


def draft(path: Path, ref: str = NEW) -> Path:
    """Write the features of a version to a file of one's own, the way a user may."""
    features = pkzone.catalogue().version(ref).features().features
    geojson.write(path, features)
    return path


def test_two_versions_have_it_all(moved: pkzone.Diff) -> None:
    assert [route.route for route in moved.routes] == ["stepanakert-goris"]
    assert {(one.id, one.effect) for one in moved.affected} == {
        (place, "left") for place in ("lachin", "sus", "zabukh")
    }
    assert "corridor-moves-2022" in [event.id for event in moved.events]
    assert any(section.near for section in moved.routes[0].sections)


def test_base_later_than_target_mirrors(moved: pkzone.Diff) -> None:
    back = pkzone.diff(NEW, OLD)
    assert {(one.id, one.effect) for one in back.affected} == {
        (place, "entered") for place in ("lachin", "sus", "zabukh")
    }
    assert back.events == moved.events
    (there,), (route,) = moved.routes, back.routes
    assert (route.length_base_m, route.removed_m, route.kept_m) == pytest.approx(
        (there.length_target_m, there.added_m, there.kept_target_m), abs=0.01
    )


def test_a_draft_is_compared_with_a_version(tmp_path: Path, moved: pkzone.Diff) -> None:
    found = pkzone.diff(OLD, draft(tmp_path / "draft.geojson"))
    assert found.changes == moved.changes
    assert [section.near for section in found.routes[0].sections] == [
        section.near for section in moved.routes[0].sections
    ]
    assert {one.id for one in found.affected} == {"lachin", "sus"}
    assert found.events == ()


def test_two_files_have_routes_but_no_places(tmp_path: Path, moved: pkzone.Diff) -> None:
    found = pkzone.diff(draft(tmp_path / "a.geojson", OLD), draft(tmp_path / "b.geojson"))
    (route,), (expected,) = found.routes, moved.routes
    assert route.removed_m == expected.removed_m
    assert not any(section.near for section in route.sections)
    assert (found.affected, found.events) == ((), ())


@pytest.mark.parametrize("reference", ["places@2020-12-01", "file"])
def test_who_is_affected_may_be_named(reference: str, tmp_path: Path) -> None:
    places = str(draft(tmp_path / "places.geojson", "places@2020-12-01"))
    found = pkzone.diff(
        draft(tmp_path / "a.geojson", OLD),
        draft(tmp_path / "b.geojson"),
        affected=places if reference == "file" else reference,
    )
    assert {one.id for one in found.affected} == {"lachin", "sus"}


@pytest.mark.parametrize(
    ("metres_away", "within_m", "affected"),
    [
        (1990, 2000, True),
        (2010, 2000, False),
        (2490, 2500.0, True),
        (2510, 2500.0, False),
    ],
)
def test_the_reach_of_a_route(
    metres_away: float, within_m: float, affected: bool, tmp_path: Path
) -> None:
    """A village beside the middle of a road on the meridian, which is opened."""
    east = Geodesic.WGS84.Direct(39.5, 46, 90, metres_away)
    village = Feature(
        "village",
        {"name": "Village"},
        {"type": "Point", "coordinates": [east["lon2"], east["lat2"]]},
    )
    geojson.write(tmp_path / "villages.geojson", [village])
    road = {"type": "LineString", "coordinates": [[46, 39], [46, 39.5], [46, 40]]}
    sides = [
        FeatureCollection((Feature("road", {"route": "a-b", "status": status}, road),), ())
        for status in ("planned", "open")
    ]
    found = pkzone.diff(*sides, affected=tmp_path / "villages.geojson", within_m=within_m)
    assert [(one.id, one.effect, one.of) for one in found.affected] == [
        ("village", "entered", "a-b")
    ] * affected


@pytest.mark.parametrize(
    ("reference", "error"),
    [
        ("villages", errors.LayerNotFound),
        ("places@2019-01-01", errors.VersionNotFound),
        ("missing.geojson", errors.Unreadable),
        ("", errors.BadReference),
    ],
)
def test_a_reference_to_nobody(reference: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        pkzone.diff(OLD, NEW, affected=reference)


def test_a_route_that_only_unchanged_features_have_is_no_difference(tmp_path: Path) -> None:
    road: dict[str, Any] = {"type": "LineString", "coordinates": [[46, 39], [46.1, 39]]}
    features = [Feature("road", {"route": "a-b"}, road), Feature("post", {}, None)]
    geojson.write(tmp_path / "a.geojson", features)
    geojson.write(tmp_path / "b.geojson", [features[0], Feature("post", {"n": 1}, None)])
    found = pkzone.diff(tmp_path / "a.geojson", tmp_path / "b.geojson")
    assert [change.id for change in found.changes] == ["post"]
    assert found.routes == ()


def test_a_route_whose_changed_segments_leave_it(tmp_path: Path) -> None:
    """The word `route` stands in the base alone, in the feature that changed."""
    road: dict[str, Any] = {"type": "LineString", "coordinates": [[46, 39], [46.1, 39]]}
    geojson.write(tmp_path / "a.geojson", [Feature("road", {"route": "a-b"}, road)])
    geojson.write(tmp_path / "b.geojson", [Feature("road", {}, road)])
    (route,) = pkzone.diff(tmp_path / "a.geojson", tmp_path / "b.geojson").routes
    assert (route.length_target_m, route.added_m) == (0, 0)
    length_m = Geodesic.WGS84.Inverse(39, 46, 39, 46.1)["s12"]
    assert route.removed_m == pytest.approx(length_m, rel=1e-9)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """A line far out at sea: versions name events and a source, features and events no layer."""
    root = tmp_path_factory.mktemp("own") / "sea"
    pkzone.init(root)
    pkzone.add_source(title="Report 12", id="report", catalogue=root)
    for day in ("2024-04-20", "2024-06-01", "2024-07-01"):
        pkzone.add_event(date=day, title=f"Told on {day}", id=f"on-{day}", catalogue=root)
    for number, day in enumerate(("2024-05-01", "2024-06-01", "2024-07-01")):
        north = -40.0 + number / 10
        file = write(
            tmp_path_factory.mktemp("drawn") / "line.geojson",
            line("a", (-30.0, north), (-29.5, north)),
        )
        begun = {"new_layer": "Line"} if number == 0 else {}
        named = ["on-2024-04-20" if number == 0 else f"on-{day}"]
        more = ["on-2024-04-20"] if number == 1 else []
        put(root, file, day, events=named + more, sources=["report"], **begun)
    return pkzone.catalogue(root)


@pytest.mark.parametrize(
    ("base", "target", "days"),
    [
        ("2024-05-01", "2024-06-01", ["2024-06-01"]),
        ("2024-05-01", "2024-07-01", ["2024-06-01", "2024-07-01"]),
        ("2024-07-01", "2024-05-01", ["2024-06-01", "2024-07-01"]),
        ("2024-06-01", "2024-07-01", ["2024-07-01"]),
    ],
)
def test_versions_name_their_events_and_sources_themselves(
    own: Catalogue, base: str, target: str, days: list[str]
) -> None:
    """What the base names tells of the time before it."""
    found = pkzone.diff(f"line@{base}", f"line@{target}", catalogue=own)
    assert [event.id for event in found.events] == [f"on-{day}" for day in days]
    assert found.sources == ("report",)
    assert found.to_dict()["sources"] == ["report"]
    for text in (found.to_text(), found.to_markdown()):
        assert text.count("Sources") == 2  # the section, and the note that says where they are
        assert "Report 12" in text
        assert [f"Told on {day}" in text for day in days] == [True] * len(days)
