"""The life of a layer and of a feature, and every two versions that follow each other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic
from jsonschema import ValidationError

import pkzone
from pkzone.compare.history import Entry, each, history
from pkzone.errors import BadDate, BadReference, FeatureNotFound, LayerNotFound, VersionNotFound
from pkzone.layers.catalogue import Catalogue, catalogue
from tests.helpers.drawn_catalogue import feature, line, point, square, write
from tests.helpers.shipped_schemas import validator

HAMLET, CAMP = point(10.0, 45.0), point(10.0, 45.02)
LAKE = square(11.0, 45.0, 0.1)


def event(event_id: str, date: str, *features: str) -> dict[str, Any]:
    return {
        "id": event_id,
        "date": date,
        "title": f"What {event_id} brought",
        "layers": ["land"],
        "features": list(features),
        "sources": [f"{event_id}-paper"],
    }


@pytest.fixture
def land(tmp_path: Path) -> Catalogue:
    """Five versions: a camp comes, moves, goes and returns; a lake is renamed, then regraded."""
    lake = feature("lake", LAKE, name="Lake", status="shown", sources=["book"])
    mere = feature("mere", LAKE, name="The mere", status="shown", sources=["book"])
    versions = {
        "2020-01-01": [lake],
        "2020-06-01": [lake, feature("camp", HAMLET, name="Camp", status="held", since="2020-06")],
        "2021-01-01": [mere, feature("camp", CAMP, name="Camp", status="held", since="2020-06")],
        "2022-01-01": [mere],
        "2023-01-01": [mere, feature("camp", HAMLET, name="New *camp*", status="held")],
    }
    events = [
        event("start", "2020-06", "land/camp"),
        event("storm", "2021-01-01", "land/camp"),
        event("treaty", "2021-01-01", "land/other"),
        event("unnamed", "2022-01-01"),
    ]
    named = {"2020-06-01": ["start"], "2021-01-01": ["storm", "treaty"], "2022-01-01": ["unnamed"]}
    root = write(
        tmp_path / "land",
        {"land": versions, "empty": {}},
        events=events,
        version_events=named,
        titles={"land": "The land"},
        version_title="A new state",
    )
    return Catalogue(root)


def told(entries: tuple[Entry, ...]) -> list[tuple[str, str]]:
    return [(one.version.id, one.effect) for one in entries]


def test_a_layer_has_an_entry_for_every_version(land: Catalogue) -> None:
    found = history("land", catalogue=land)
    assert (found.layer, found.title, found.feature, found.name) == ("land", "The land", None, "")
    assert found.versions == ("2020-01-01", "2020-06-01", "2021-01-01", "2022-01-01", "2023-01-01")
    assert told(found.entries) == [
        ("2020-01-01", "appeared"),
        ("2020-06-01", "changed"),
        ("2021-01-01", "changed"),
        ("2022-01-01", "changed"),
        ("2023-01-01", "changed"),
    ]
    assert found.entries[0].diff is None
    kinds = [[(one.id, one.kind) for one in entry.changes] for entry in found.entries]
    assert kinds == [
        [],
        [("camp", "added")],
        [("camp", "modified"), ("lake", "renamed")],
        [("camp", "removed")],
        [("camp", "added")],
    ]
    assert [[one.id for one in entry.events] for entry in found.entries] == [
        [],
        ["start"],
        ["storm", "treaty"],
        ["unnamed"],
        [],
    ]


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ({"lanes": 4, "tags": {"surface": "asphalt"}},
         ": lanes: 2 -> 4; tags: /tags/surface: gravel -> asphalt"),
        ({"lanes": 3}, ": lanes: 2 -> 3"),
        ({"note": "x" * 70}, ": note differs"),
        ({"a": 1, "b": 2, "c": 3}, ": a: not stated -> 1; b: not stated -> 2; c: not stated -> 3"),
        ({"a": 1, "b": 2, "c": 3, "d": 4}, ": a, b, c and d differ"),
        ({"status": "shut", "lanes": 4}, ": status open -> shut; lanes: 2 -> 4"),
    ],
)  # fmt: skip
def test_the_line_of_a_feature_tells_values_that_are_few_and_short(
    tmp_path: Path, after: dict[str, Any], told: str
) -> None:
    before = {"lanes": 2, "tags": {"surface": "gravel"}, "status": "open"}
    road = line((10.0, 45.0), (10.1, 45.0))
    versions = {
        "2020-01-01": [feature("road", road, **before)],
        "2021-01-01": [feature("road", road, **before | after), feature("post", HAMLET)],
    }
    root = write(tmp_path / "land", {"land": versions})
    text = history("land", catalogue=root).to_text(width=200)
    assert f"\n  modified road{told}\n" in f"{text}\n"
    assert "\n  added post\n" in f"{text}\n"  # of which there is nothing else to tell


def test_a_version_without_a_difference_says_so(tmp_path: Path) -> None:
    same = [feature("x", HAMLET)]
    root = write(tmp_path / "c", {"land": {"2020-01-01": same, "2021-01-01": same}})
    found = history("land", catalogue=root)
    assert told(found.entries) == [("2020-01-01", "appeared"), ("2021-01-01", "unchanged")]
    assert "No difference" in found.to_text()


def test_a_feature_has_an_entry_for_all_that_befell_it(land: Catalogue) -> None:
    found = history("land", "camp", catalogue=land)
    assert told(found.entries) == [
        ("2020-06-01", "appeared"),
        ("2021-01-01", "changed"),
        ("2022-01-01", "disappeared"),
        ("2023-01-01", "appeared"),
    ]
    moved = found.entries[1].changes[0]
    assert (moved.geometry_class, moved.aspects) == ("moved", ("geometry",))
    metres = Geodesic.WGS84.Inverse(45.0, 10.0, 45.02, 10.0)["s12"]
    assert moved.evidence is not None
    assert moved.evidence.distance_m == pytest.approx(metres, abs=1e-6)
    assert [one.id for one in found.entries[1].events] == ["storm"]  # those that name it
    assert [one.id for one in found.entries[2].events] == ["unnamed"]  # else all of the version
    assert (found.feature, found.name) == ("camp", "New *camp*")


def test_a_feature_of_the_first_version_appears_there_with_its_size(land: Catalogue) -> None:
    entry = history("land", "lake", catalogue=land).entries[0]
    assert (entry.version.id, entry.effect, entry.sources) == ("2020-01-01", "appeared", ("book",))
    polygon = Geodesic.WGS84.Polygon()
    for lon, lat in LAKE["coordinates"][0][:-1]:
        polygon.AddPoint(lat, lon)
    km2 = abs(polygon.Compute()[2]) / 1e6
    evidence = entry.changes[0].evidence
    assert evidence is not None
    assert evidence.area_target_km2 == pytest.approx(km2, rel=1e-6)


def test_a_renamed_feature_is_followed(land: Catalogue) -> None:
    found = history("land", "lake", catalogue=land)
    assert told(found.entries) == [("2020-01-01", "appeared"), ("2021-01-01", "changed")]
    renamed = found.entries[1].changes[0]
    assert (renamed.kind, renamed.id, renamed.new_id) == ("renamed", "lake", "mere")
    assert found.name == "The mere"
    by_new_id = history("land", "mere", catalogue=land)
    assert told(by_new_id.entries) == [("2021-01-01", "appeared")]


def test_a_whole_number_may_be_asked_for_as_text(tmp_path: Path) -> None:
    states = {"2020-01-01": [feature("x", HAMLET)], "2021-01-01": [feature("x", CAMP)]}
    for state in states.values():
        state[0]["id"] = 7
    root = write(tmp_path / "c", {"land": states})
    for asked in (7, "7"):
        assert told(history("land", asked, catalogue=root).entries) == [
            ("2020-01-01", "appeared"),
            ("2021-01-01", "changed"),
        ]


def test_a_reference_with_a_date_stops_there(land: Catalogue) -> None:
    assert history("land@2021-06-01", catalogue=land).versions == (
        "2020-01-01",
        "2020-06-01",
        "2021-01-01",
    )
    assert told(history("land@2020-01-01", "lake", catalogue=land).entries) == [
        ("2020-01-01", "appeared")
    ]
    assert len(each("land@2021-06-01", catalogue=land)) == 2


def test_a_layer_brings_its_own_catalogue(land: Catalogue) -> None:
    assert history(land["land"], "camp") == history("land", "camp", catalogue=land)
    assert history("land", catalogue=land.root).versions == tuple(land["land"])


def test_every_two_versions_that_follow_each_other(land: Catalogue) -> None:
    diffs = each("land", catalogue=land, tolerance_m=5.0)
    assert [(one.base.version, one.target.version) for one in diffs] == [
        ("2020-01-01", "2020-06-01"),
        ("2020-06-01", "2021-01-01"),
        ("2021-01-01", "2022-01-01"),
        ("2022-01-01", "2023-01-01"),
    ]
    assert {one.tolerance_m for one in diffs} == {5.0}
    assert each("land@2020-01-01", catalogue=land) == ()


def test_what_is_not_there_is_refused(land: Catalogue) -> None:
    with pytest.raises(FeatureNotFound, match=r"land has no feature kamp .* did you mean camp\?"):
        history("land", "kamp", catalogue=land)
    with pytest.raises(LayerNotFound):
        history("lands", catalogue=land)
    with pytest.raises(BadReference, match="names a file"):
        history("./land.geojson", catalogue=land)
    for empty in ("empty", land["empty"]):
        with pytest.raises(VersionNotFound):
            history(empty, catalogue=land)


def test_the_text_of_a_feature_reads_as_its_life(land: Catalogue) -> None:
    text = history("land", "camp", catalogue=land).to_text(width=70)
    assert max(map(len, text.splitlines())) <= 70
    assert text.startswith("New *camp* (land/camp)\n5 versions, 2020-01-01 to 2023-01-01;")
    for line_ in (
        "2020-06-01  appeared: A new state",
        "  held since 2020-06",
        "  2020-06     What start brought [start-paper]",
        "2021-01-01  changed: A new state",
        "2022-01-01  disappeared: A new state",
    ):
        assert line_ in text.splitlines()
    assert "moved" in text
    assert "treaty" not in text


def test_the_frame_has_a_row_for_each_entry(land: Catalogue) -> None:
    whole = history("land", catalogue=land)
    frame = whole.to_frame()
    assert list(frame["version"]) == [entry.version.id for entry in whole.entries]
    assert list(frame["added"].dropna()) == [
        sum(change.kind == "added" for change in entry.changes)
        for entry in whole.entries
        if entry.diff
    ]


def test_the_text_of_a_layer_tells_versions_with_events(land: Catalogue) -> None:
    text = history("land", catalogue=land).to_text()
    assert "Begins with 1 feature." in text
    assert "  2021-01-01  What treaty brought [treaty-paper]" in text.splitlines()
    assert "renamed lake: now has the id mere" in text


@pytest.mark.parametrize("width", [40, 80])
def test_the_text_keeps_to_the_width(width: int) -> None:
    for asked in (None, "lachin-old-west-stub"):
        text = history("corridor", asked).to_text(width=width)
        too_long = [one for one in text.splitlines() if len(one) > width]
        assert all(len(one.split()) == 1 for one in too_long)  # a word that is longer stays whole


def test_the_markdown_is_escaped(land: Catalogue) -> None:
    text = history("land", "camp", catalogue=land).to_markdown()
    assert text.startswith("### New \\*camp\\* (land/camp)\n")
    assert "- **2021-01-01** changed: A new state" in text.splitlines()
    assert "  - why: 2021-01-01 What storm brought \\[storm-paper\\]" in text.splitlines()


def test_the_json_has_the_numbers_and_is_plain(land: Catalogue) -> None:
    whole = history("land", catalogue=land).to_dict()
    assert json.loads(json.dumps(whole, allow_nan=False)) == whole
    assert whole["schema"] == "pkzone.history/1"
    assert "feature" not in whole
    assert [one["effect"] for one in whole["entries"]][:2] == ["appeared", "changed"]
    assert whole["entries"][1]["summary"]["added"] == 1
    assert whole["entries"][1]["feature_count"] == 2
    one = history("land", "camp", catalogue=land).to_dict()
    assert (one["feature"], one["name"]) == ("camp", "New *camp*")
    assert one["entries"][1]["changes"][0]["geometry"]["distance_m"] == pytest.approx(
        Geodesic.WGS84.Inverse(45.0, 10.0, 45.02, 10.0)["s12"], abs=1e-3
    )
    assert one["entries"][1]["events"] == [
        {
            "id": "storm",
            "date": "2021-01-01",
            "title": "What storm brought",
            "sources": ["storm-paper"],
        }
    ]
    assert "summary" not in one["entries"][1]


def test_the_json_of_all_that_is_shipped_follows_its_schema() -> None:
    schema = validator("history")
    for layer in pkzone.catalogue().layers:
        whole = history(layer)
        schema.validate(json.loads(json.dumps(whole.to_dict())))
        for one in layer.versions[-1].features().features[:1]:
            schema.validate(json.loads(json.dumps(history(layer, one.id).to_dict())))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.pop("versions"),
        lambda d: d.update(name="of no feature"),
        lambda d: d.update(feature="a", name="with entries of a layer"),
        lambda d: d["entries"][0].update(effect="born"),
        lambda d: d["entries"][0].update(effect="changed"),
        lambda d: d["entries"][1].pop("feature_count"),
        lambda d: d["entries"][1].pop("changes"),
        lambda d: d["entries"][1]["summary"].update(added=-1),
        lambda d: d["entries"][1]["changes"][0].update(kind="changed"),
        lambda d: d["entries"][1]["events"][0].pop("sources"),
        lambda d: d["entries"][1].update(valid_from="soon"),
        lambda d: d["entries"][1].update(more=1),
    ],
)
def test_the_schema_refuses_what_is_wrong(
    spoil: Callable[[dict[str, Any]], Any], land: Catalogue
) -> None:
    document = json.loads(json.dumps(history("land", catalogue=land).to_dict()))
    validator("history").validate(document)
    spoil(document)
    with pytest.raises(ValidationError):
        validator("history").validate(document)


def test_hostile_text_stays_on_its_line(tmp_path: Path) -> None:
    name = "Evil\x1b[2J\u202e\nname"
    states = {"2020-01-01": [feature("x", line((10.0, 45.0), (10.1, 45.0)), name=name)]}
    root = write(tmp_path / "c", {"land": states}, titles={"land": name}, version_title=name)
    for asked in (None, "x"):
        found = history("land", asked, catalogue=root)
        for text in (found.to_text(), found.to_markdown()):
            assert all(one == "\n" or one.isprintable() for one in text)


def test_the_shipped_stub_of_the_old_road() -> None:
    found = history("corridor", "lachin-old-west-stub")
    assert told(found.entries) == [
        ("2020-11-10", "appeared"),
        ("2020-11-17", "changed"),
        ("2023-03-30", "changed"),
        ("2023-04-01", "changed"),
    ]
    statuses = [one.changes[0].properties["status"] for one in found.entries[1:]]
    assert [(one.base, one.target) for one in statuses] == [
        ("restricted", "open"),
        ("open", "closed"),
        ("closed", "former"),
    ]
    assert [one.id for one in found.entries[2].events] == ["aghavno-tegh-closed"]


def test_every_feature_of_the_shipped_corridor_has_a_history() -> None:
    first: dict[str, str] = {}
    for version in catalogue()["corridor"].versions:
        for one in json.loads(version.path.read_bytes())["features"]:
            first.setdefault(one["id"], version.id)
    for label, version_id in first.items():
        assert told(history("corridor", label).entries)[0] == (version_id, "appeared")


def test_the_shipped_corridor_through_all_its_versions() -> None:
    versions = catalogue()["corridor"].versions
    found = history("corridor")
    assert len(found.entries) == len(versions)
    moved = next(one for one in found.entries if one.version.id == "2022-08-30")
    assert moved.diff is not None
    assert [one.route for one in moved.diff.routes] == ["stepanakert-goris"]
    assert ("lachin-temp-connector", "added") in [(one.id, one.kind) for one in moved.changes]
    diffs = each("corridor")
    assert [one.target.version for one in diffs] == [one.id for one in versions[1:]]


@pytest.mark.parametrize(
    "span",
    ["2020-06-01..2022-01-01", "2020-07..2021-01", "2022-01-01..", "..2020-06", "2022-5..2022-6"],
)
def test_a_range_has_the_entries_of_its_versions(land: Catalogue, span: str) -> None:
    whole = {one.version.id: one for one in history("land", catalogue=land).entries}
    found = history(f"land@{span}", catalogue=land)
    first, last = span.split("..")
    expected = [one.id for one in land["land"].between(first or None, last or None)]
    assert [one.version.id for one in found.entries] == list(found.versions) == expected
    for entry in found.entries:
        assert (entry.effect, entry.changes) == (
            whole[entry.version.id].effect, whole[entry.version.id].changes
        )  # fmt: skip
    validator("history").validate(found.to_dict())


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ("2020-06-01..2021-06", [("2020-06-01", "appeared"), ("2021-01-01", "changed")]),
        # it was in force when the range began, since an earlier version
        ("2020-12..2020-12", [("2020-06-01", "appeared")]),
        ("2021-02..2022-12", [("2021-01-01", "changed"), ("2022-01-01", "disappeared")]),
        ("2022-01-01..2022-01-01", [("2022-01-01", "disappeared")]),
        # a version that changed it makes the one before a matter of the past
        ("2021-01-01..2021-01-01", [("2021-01-01", "changed")]),
        ("2022-06..", [("2022-01-01", "disappeared"), ("2023-01-01", "appeared")]),
    ],
)
def test_the_life_of_a_feature_in_a_range(
    land: Catalogue, span: str, expected: list[tuple[str, str]]
) -> None:
    found = history(f"land@{span}", "camp", catalogue=land)
    assert told(found.entries) == expected
    validator("history").validate(found.to_dict())


def test_a_feature_that_a_range_does_not_have(land: Catalogue) -> None:
    with pytest.raises(FeatureNotFound, match="camp in any version") as caught:
        history("land@..2020-05-31", "camp", catalogue=land)
    assert "2020-06" not in str(caught.value)
    with pytest.raises(FeatureNotFound, match="version from 2022-01-01 to 2023-01-01"):
        history("land@2022-01-01..", "lake-of-old", catalogue=land)


def test_each_pair_of_a_range(land: Catalogue) -> None:
    pairs = [
        (one.base.version, one.target.version)
        for one in each("land@2020-07..2022-01-01", catalogue=land)
    ]
    assert pairs == [("2020-06-01", "2021-01-01"), ("2021-01-01", "2022-01-01")]
    assert each("land@2020-07..2020-08", catalogue=land) == ()


@pytest.mark.parametrize(
    ("reference", "error"),
    [
        ("land@2022..2020", BadDate),
        ("land@..2019", VersionNotFound),
        ("sea@2020..2021", LayerNotFound),
        ("empty@2020..2021", VersionNotFound),
        ("land@a..b", BadDate),
        ("./x.geojson", BadReference),
        ("land@..", BadReference),
    ],
)
def test_ranges_that_name_nothing(land: Catalogue, reference: str, error: type[Exception]) -> None:
    for function in (history, each, pkzone.series):
        with pytest.raises(error) as caught:
            function(reference, catalogue=land)  # type: ignore[operator]
        assert "\n" not in str(caught.value)
