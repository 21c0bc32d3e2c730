"""A story for another catalogue: drafted, checked, edited, translated and shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pyproj import Geod

import pkzone
from pkzone.errors import StoryError, VersionNotFound
from pkzone.stories.check import check_story
from pkzone.stories.draft import draft
from pkzone.stories.model import dumps, parse, read
from pkzone.stories.telling import tell
from tests.helpers.own_catalogue import begin, line, put, write
from tests.helpers.program import Run
from tests.helpers.shipped_schemas import validator
from tests.stories.test_model import stop, story


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A buffer zone of one's own: posts, and a road that is moved on 1 June."""
    root = begin(tmp_path / "own", "posts", title="Buffer zone")
    road = {"name": "Road to the mill", "status": "open"}
    old = write(tmp_path / "old.geojson", line("mill", (20.5, 42.5), (20.6, 42.5), **road))
    new = write(tmp_path / "new.geojson", line("mill", (20.5, 42.5), (20.55, 42.6), **road))
    pkzone.add_source("Posts move", catalogue=root, id="note")
    pkzone.add_event("2024-06", "The road is moved", catalogue=root, id="moved", sources=["note"])
    put(root, old, "2024-05-01", layer="roads", new_layer="Roads")
    put(root, new, "2024-06-01", layer="roads", events=["moved"], sources=["note"])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PKZONE_CATALOGUE", str(root))
    return root


def test_from_a_draft_to_a_page(own: Path, in_process: Run) -> None:
    made = in_process("story", "new", "roads", "-o", "tour.json")
    assert (made.code, made.err) == (0, "pkzone: wrote tour.json: 2 stops\n")
    value = json.loads(Path("tour.json").read_text("utf-8"))
    validator("story").validate(value)
    assert value["stops"][1] == {
        "date": "2024-06-01",
        "view": {"bounds": [20.48, 42.48, 20.57, 42.62]},
        "layers": ["roads"],
        "compare": {"date": "2024-05-01", "layer": "roads"},
        "heading": "{version:roads@2024-06-01}",
        "sentences": [
            {"text": "{event:moved.date}: {event:moved}.", "sources": ["note"]},
            {
                "text": "{layer:roads}: {series:roads.length_drawn_in_use_km@2024-06-01}.",
                "sources": ["note"],
            },
        ],
        "events": ["moved"],
    }
    checked = in_process("story", "check", "tour.json")
    assert (checked.code, checked.err) == (0, "pkzone: 2 stops: 0 errors, 0 warnings, 3 hints\n")
    unwritten = "consists of references only; write a sentence"
    assert checked.out.splitlines() == [
        f"hint: stop 1: sentence 1: {unwritten}, and name its sources",
        f"hint: stop 2: sentence 1: {unwritten}",
        f"hint: stop 2: sentence 2: {unwritten}",
    ]
    assert in_process("map", "--story", "tour.json", "-o", "tour.html").code == 0
    assert "June 2024: The road is moved." in told(own)[1]["sentences"][0]["text"]

    value["stops"][1]["heading"] = "Since {date} another road"
    Path("tour.json").write_text(json.dumps(value), "utf-8")
    begun = in_process("translate", "el", "--story", "tour.json")
    assert begun.err == "pkzone: added: tour.el.po, 1 of 1 text to translate\n"
    text = Path("tour.el.po").read_text("utf-8")
    assert "Language: el" in text
    assert "#: stop-2-heading" in text
    greek = text.replace('road"\nmsgstr ""', 'road"\nmsgstr "{date}: άλλος δρόμος"')
    Path("tour.el.po").write_text(greek, "utf-8")
    assert (
        in_process("translate", "el", "--story", "tour.json").err == "pkzone: tour.el.po: whole\n"
    )
    assert in_process("story", "check", "tour.json").code == 0
    assert pkzone.verify(own).ok


def told(own: Path) -> list[dict[str, Any]]:
    page = pkzone.map(catalogue=pkzone.catalogue(own), story="tour.json")
    stops: list[dict[str, Any]] = page.content["story"]["stops"]
    return stops


def test_lengths_of_a_draft_are_measured(own: Path) -> None:
    catalogue = pkzone.catalogue(own)
    first, second = tell(draft("roads", catalogue=catalogue), catalogue).stops
    for one, lons, lats in (
        (first, (20.5, 20.6), (42.5, 42.5)),
        (second, (20.5, 20.55), (42.5, 42.6)),
    ):
        km = Geod(ellps="WGS84").line_length(lons, lats) / 1000
        assert one.sentences[-1] == f"Roads: {km:.2f} km as drawn."


def test_a_draft_begins_and_ends_where_it_is_asked_to(own: Path) -> None:
    catalogue = pkzone.catalogue(own)
    (only,) = draft("roads", catalogue=catalogue, start="2024-06-01").stops
    assert (str(only.day), only.compare) == ("2024-06-01", None)
    first, second = draft("roads", catalogue=catalogue, start="2024-05-20").stops
    assert (str(first.day), first.heading) == ("2024-05-20", "{version:roads@2024-05-01}")
    assert first.events == ()
    assert second.compare == first.day
    with pytest.raises(VersionNotFound):
        draft("roads", catalogue=catalogue, end="2020-01-01")


@pytest.mark.parametrize("layer", pkzone.catalogue())
def test_drafts_of_shipped_layers_are_sound(layer: str) -> None:
    catalogue = pkzone.catalogue().cached()
    drafted = draft(layer, catalogue=catalogue)
    assert parse(dumps(drafted), "tour.json").stops == drafted.stops
    assert {one.severity for one in check_story(drafted, catalogue)} == {"hint"}


def test_a_layer_of_more_days_than_stops_is_refused(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pkzone.stories.draft.MAX_STOPS", 1)
    with pytest.raises(StoryError, match="roads changes on 2 days; a story has at most 1 stops"):
        draft("roads", catalogue=pkzone.catalogue(own))


def test_a_layer_without_anything_is_refused(own: Path, tmp_path: Path) -> None:
    nothing = write(tmp_path / "nothing.geojson")
    put(own, nothing, "2024-05-01", layer="empty", new_layer="Empty")
    with pytest.raises(StoryError, match="empty: none of its versions has anything to see"):
        draft("empty", catalogue=pkzone.catalogue(own))


def test_check_tells_of_all_errors_and_exits_with_1(own: Path, in_process: Run) -> None:
    bad = stop(date="2024-06-01", heading="{event:none} and {plac:x}", events=["nobody"])
    del bad["sentences"][0]["sources"]
    late = stop(date="2023-01-01")
    del late["sentences"][0]["sources"]
    Path("tour.json").write_text(json.dumps(story(bad, late)), "utf-8")
    result = in_process("story", "check", "tour.json")
    assert result.code == 1
    assert result.err == "pkzone: 2 stops: 3 errors, 2 warnings\n"
    first, second, third, *_ = result.out.splitlines()
    assert first.startswith("error: stop 1: events: the catalogue has no event nobody")
    assert second.startswith("error: stop 1: heading: {event:none}: the catalogue has no event")
    assert third.startswith("error: stop 2: date: 2023-01-01 lies outside of posts, roads")
    table = json.loads(in_process("story", "check", "tour.json", "--json").out)
    validator("story-check").validate(table)
    assert [row["stop"] for row in table["rows"]] == [1, 1, 2, 1, 2]
    refused = in_process("map", "--story", "tour.json", "-o", "tour.html")
    assert refused.code == 3
    assert "tour.json: stop 1: events" in refused.err
    assert "and 2 more, which pkzone story check lists" in refused.err
    assert not Path("tour.html").exists()


def test_names_of_places_that_are_typed_are_warned_of(tmp_path: Path, in_process: Run) -> None:
    text = "Near Goris the Gorisian road; Lachin, {place:shusha}."
    typed = stop(sentences=[{"text": text, "sources": ["tass-1230247"]}])
    path = tmp_path / "tour.json"
    path.write_text(json.dumps(story(typed)), "utf-8")
    result = in_process("story", "check", path)
    assert result.code == 0
    assert result.out.splitlines() == [
        "warning: stop 1: sentence 1: Goris is typed; {place:goris} says it in every language",
        "warning: stop 1: sentence 1: Lachin is typed; {place:lachin} says it in every language",
    ]


def test_places_that_are_named_and_not_in_view_are_warned_of() -> None:
    text = "From {place:goris} over the {place:hakari-bridge} to {place:horadiz}."
    value = story(stop(sentences=[{"text": text, "sources": ["tass-1230247"]}]))
    value["stops"][0]["view"] = {"bounds": [46.3, 39.4, 46.6, 39.7]}
    catalogue = pkzone.catalogue().cached()
    read_ = parse(json.dumps(value).encode(), "tour.json")
    assert [str(one) for one in check_story(read_, catalogue)] == [
        "stop 1: view: {place:horadiz} is named and lies outside of it"
    ]
    (only,) = tell(read_, catalogue).stops
    assert [one.id for one in only.named] == ["goris", "hakari-bridge", "horadiz"]
    assert [bool(one.names) for one in only.named] == [False, True, True]
    bridge = only.named[1]
    assert (bridge.lon, bridge.lat) == pytest.approx((46.57, 39.57), abs=0.01)


def test_translations_that_are_left_over_are_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "tour.json"
    path.write_text(json.dumps(story()), "utf-8")
    (tmp_path / "tour.hy.po").write_text('msgid "Gone"\nmsgstr "x"\n', "utf-8")
    found = [str(one) for one in check_story(read(path), pkzone.catalogue())]
    assert "translation (hy): 3 of 3 texts are not translated and stay English" in found
    assert "translation (hy): has 1 text of no stop; pkzone translate removes that" in found


@pytest.mark.parametrize("language", ["en", "", "../x", "EL"])
def test_codes_that_are_none_are_refused(language: str, tmp_path: Path, in_process: Run) -> None:
    path = tmp_path / "tour.json"
    path.write_text(json.dumps(story()), "utf-8")
    assert in_process("translate", language, "--story", path).code == 2
    assert sorted(one.name for one in tmp_path.iterdir()) == ["tour.json"]


def test_the_shipped_story_is_taken_without_a_name(tmp_path: Path, in_process: Run) -> None:
    page = tmp_path / "story.html"
    assert in_process("map", "--compare", "none", "--story", "-o", page).code == 0
    assert page.exists()


def test_points_alone_make_a_draft_of_counts(own: Path) -> None:
    catalogue = pkzone.catalogue(own)
    (only,) = tell(draft("posts", catalogue=catalogue), catalogue).stops
    assert only.sentences == ("Posts: 1.",)
    assert only.bounds[0] < 20.5 < only.bounds[2]
