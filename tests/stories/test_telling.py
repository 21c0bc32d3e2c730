"""A story on a page: told in its languages, refused where the catalogue has not what it names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone import Catalogue
from pkzone.errors import BadOption, StoryError
from pkzone.stories import model
from pkzone.stories.telling import tell
from tests.stories.test_model import Value, stop, story


def told(value: Value, catalogue: Catalogue, *languages: str) -> dict[str, Any]:
    return tell(model.open_story(value, catalogue), catalogue, ("en", *languages)).to_dict()


def test_the_page_has_the_story(small: Catalogue) -> None:
    page = pkzone.map(
        catalogue=small,
        story=story(
            stop(
                heading="{version:corridor.date}",
                view={"features": ["corridor/lachin-new"]},
                layers=["corridor"],
                compare={"date": "2020-11-10", "layer": "corridor"},
                events=["new-road"],
            ),
            stop(date="2020-11-10", sentences=[{"text": "<img src=x onerror=alert()>"}]),
        ),
    )
    first, second = page.content["story"]["stops"]
    assert first == {
        "date": "2022-08-30",
        "heading": "30 August 2022",
        "sentences": [{"text": "A sentence.", "sources": ["bbc-2020"]}],
        "events": ["new-road"],
        # The road runs from 46.4, 39.55 to 46.75, 39.82; a tenth of that lies around it.
        "bounds": [46.365, 39.523, 46.785, 39.847],
        "layers": ["corridor"],
        "named": [],
        "compare": "2020-11-10",
        "of": "corridor",
    }
    assert second["layers"] == ["zone", "corridor"]
    assert second["sentences"][0]["text"] == "<img src=x onerror=alert()>"
    html = page.to_html()
    assert "<img src=x" not in html
    assert {"statement-2020", "bbc-2020"} <= {one["id"] for one in page.content["sources"]}
    assert page.content["words"]["phrases"]["30 August 2022"] == ["2022 թ. օգոստոսի 30"]


def test_a_map_without_a_story_has_none(small: Catalogue) -> None:
    for nothing in (None, False):
        assert "story" not in pkzone.map(catalogue=small, story=nothing).content


def test_translations_are_told_and_what_has_none_stays_english(
    small: Catalogue, tmp_path: Path
) -> None:
    path = tmp_path / "tour.json"
    value = story(stop(heading="In {date}", sentences=[{"text": "Not translated on {date}."}]))
    path.write_text(json.dumps(value), "utf-8")
    (tmp_path / "tour.hy.po").write_text(
        '#, fuzzy\nmsgid "In {date}"\nmsgstr "{date} ին"\n', "utf-8"
    )
    content = pkzone.map(catalogue=small, story=path).content
    phrases = content["words"]["phrases"]
    assert phrases["In 30 August 2022"] == ["2022 թ. օգոստոսի 30 ին"]
    assert "Not translated on 30 August 2022." not in phrases
    assert "hy" not in content["words"]["reviewed"]
    page = pkzone.map(catalogue=small, story=path, languages="en").content
    assert page["story"]["stops"][0]["heading"] == "In 30 August 2022"
    assert "In 30 August 2022" not in page["words"]["phrases"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"date": "2020-11-09"}, "stop 1: date: 2020-11-09 lies outside of zone, corridor: no"),
        ({"date": "2026-12-01"}, "stop 1: date: 2026-12-01 is not known: the catalogue ends on"),
        ({"layers": ["zon"]}, "stop 1: date: the catalogue has no layer zon; did you mean zone"),
        (
            {"compare": {"date": "2019-01-01"}},
            "stop 1: date: 2019-01-01 lies outside of zone, corridor",
        ),
        ({"compare": {"date": "2022-08-30"}}, "2022-08-30 is compared with itself"),
        (
            {"layers": ["zone"], "compare": {"date": "2020-11-10", "layer": "corridor"}},
            "corridor is compared and is not one of the layers in view",
        ),
        ({"view": {"features": ["zone/none"]}}, "stop 1: view: zone@2020-11-10 has no feature"),
        ({"view": {"features": ["none/core"]}}, "stop 1: view: the catalogue has no layer none"),
        ({"view": {"bounds": [46, 39, 46, 40]}}, "stop 1: view: the bounds have no extent"),
        ({"events": ["none"]}, "stop 1: events: the catalogue has no event none"),
        (
            {"sentences": [{"text": "A.", "sources": ["none"]}]},
            "stop 1: sentence 1: the catalogue has no source none",
        ),
        ({"heading": "On 30 August"}, "stop 1: heading: '30' is typed; take figures and dates"),
        ({"heading": "{event:none}"}, "stop 1: heading: {event:none}: the catalogue has no event"),
        ({"heading": "{event:new-road.date"}, "stop 1: heading: has a brace"),
    ],
)
def test_a_stop_that_does_not_fit_is_refused_with_its_word(
    small: Catalogue, changes: Value, reason: str
) -> None:
    with pytest.raises(StoryError) as refused:
        pkzone.map(catalogue=small, story=story(stop(**changes)))
    assert str(refused.value).startswith("story: stop 1: ")
    assert reason in str(refused.value)


def test_all_other_errors_are_counted(small: Catalogue) -> None:
    with pytest.raises(StoryError, match=r"stop 2: events: .*none.*and 1 more, which pkzone story"):
        told(story(stop(), stop(events=["none", "nobody"])), small)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{dat} ին", "heading (hy): {dat}: is not a reference"),
        ("ին", "heading (hy): lacks references of the English text, or has others"),
        ("{date} 5", "heading (hy): '5' is typed"),
    ],
)
def test_translations_keep_the_rules(
    small: Catalogue, tmp_path: Path, text: str, reason: str
) -> None:
    path = tmp_path / "tour.json"
    path.write_text(json.dumps(story(stop(heading="In {date}"))), "utf-8")
    (tmp_path / "tour.hy.po").write_text(f'msgid "In {{date}}"\nmsgstr "{text}"\n', "utf-8")
    with pytest.raises(StoryError) as refused:
        pkzone.map(catalogue=small, story=path)
    assert reason in str(refused.value)
    pkzone.map(catalogue=small, story=path, languages="en")  # asks no other language


def test_a_layer_that_the_map_does_not_have_is_refused(small: Catalogue) -> None:
    with pytest.raises(
        StoryError, match=r"stop 1 of the story .* not on this map; name corridor too, or no"
    ):
        pkzone.map("zone", catalogue=small, story=story(stop(layers=["corridor"])))
    content = pkzone.map("zone", catalogue=small, story=story()).content
    assert content["story"]["stops"][0]["layers"] == ["zone"]


def test_files_alone_have_no_dates_to_tell_by(small: Catalogue, tmp_path: Path) -> None:
    file = tmp_path / "a.geojson"
    file.write_text('{"type":"FeatureCollection","features":[]}', "utf-8")
    with pytest.raises(BadOption, match="files have no dates to tell a story by"):
        pkzone.map(file, catalogue=small, story=story())


def test_a_view_without_anything_is_refused(small: Catalogue) -> None:
    with pytest.raises(StoryError, match="zone@2024-06-12 has no feature core"):
        told(story(stop(date="2024-06-12", view={"features": ["zone/core"]})), small)
    compared = stop(
        date="2024-06-12", view={"features": ["zone/core"]}, compare={"date": "2022-08-30"}
    )
    assert told(story(compared), small)["stops"][0]["bounds"] == [46.45, 39.45, 47.05, 40.05]


def test_a_catalogue_without_a_story_says_so(small: Catalogue) -> None:
    with pytest.raises(StoryError, match=r"story.json: this catalogue has no story; name a file"):
        pkzone.map(catalogue=small, story=True)
    (small.root / "story.json").write_text(json.dumps(story()), "utf-8")
    assert pkzone.map(catalogue=small, story=True).content["story"]["title"] == "A story"
