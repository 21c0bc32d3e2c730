"""The form of a story on disk: what is read, what is refused, and with which words."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pkzone.errors import StoryError
from pkzone.layers.catalogue import catalogue
from pkzone.stories import model
from tests.helpers.shipped_schemas import validator

Value = dict[str, Any]


def stop(**changes: Any) -> Value:
    return {
        "date": "2022-08-30",
        "view": {"bounds": [46, 39, 47, 40]},
        "heading": "A heading",
        "sentences": [{"text": "A sentence.", "sources": ["bbc-2020"]}],
        **changes,
    }


def story(*stops: Value, **changes: Any) -> Value:
    return {
        "schema": "pkzone.story/1",
        "title": "A story",
        "stops": list(stops or [stop()]),
        **changes,
    }


FULL = story(
    stop(
        view={"features": ["zone/core", "corridor/lachin-old"]},
        layers=["zone", "corridor"],
        compare={"date": "2020-11-10", "layer": "corridor"},
        events=["new-road"],
    )
)


def read(value: Value) -> model.Story:
    return model.parse(json.dumps(value).encode(), "tour.json")


def test_a_story_is_read() -> None:
    (only,) = read(FULL).stops
    assert only.day == date(2022, 8, 30)
    assert only.features == ("zone/core", "corridor/lachin-old")
    assert (only.compare, only.compare_layer) == (date(2020, 11, 10), "corridor")
    assert only.sources == ("bbc-2020",)
    assert list(only.texts) == [("heading", "A heading"), ("sentence 1", "A sentence.")]


def test_what_is_written_is_read_again_and_follows_the_schema() -> None:
    for value in (FULL, story(), story(stop(compare={"date": "2020-11-10"}))):
        written = model.dumps(read(value))
        assert json.loads(written) == value
        assert model.parse(written, "story").stops == read(value).stops
        validator("story").validate(value)


STRUCTURE: list[tuple[Value, str]] = [
    (story(schema="pkzone.story/2"), "tour.json: 'schema' is \"pkzone.story/2\"; it must be"),
    (story(schema="pkzone.diff/1"), "tour.json: 'schema' is \"pkzone.diff/1\"; it must be"),
    ({"type": "FeatureCollection", "features": []}, "tour.json: 'schema' is missing"),
    (story(*[stop()] * 10_000), "tour.json: has 10,000 stops; a story has 1 to 100"),
    ({**story(), "stops": []}, "tour.json: has 0 stops"),
    (story(stop(), stop(date="30 August")), "stop 2: 'date' is \"30 August\""),
    (story(stop(view={})), "stop 1: view: give either 'bounds' or 'features'"),
    (story(stop(view={"bounds": [46, 39, 47]})), "stop 1: view: 'bounds' is"),
    (story(stop(view={"bounds": [46, 39, 470, 40]})), "stop 1: view: 'bounds' is"),
    (
        story(stop(view={"bounds": [46, 39, 47, 40], "features": ["zone/core"]})),
        "stop 1: view: give either 'bounds' or 'features'",
    ),
    (story(stop(heading="x" * 601)), "stop 1: 'heading' has 601 characters; the most are 600"),
    (story(stop(heading=" ")), "stop 1: 'heading' is"),
    (story(stop(sentences=[])), "stop 1: has 0 sentences; a stop has 1 to 8"),
    (story(stop(sentences=[{"text": "A."}] * 9)), "stop 1: has 9 sentences"),
    (story(stop(sentences=[{"text": 5}])), "stop 1: sentence 1: 'text' is 5"),
    (story(stop(sentences=["A."])), "stop 1: .*must be an object|sentences\\[0\\]: must be an"),
    (story(stop(haeding="x")), "stop 1: 'haeding' is not a member; did you mean heading"),
    (story(stop(layers=["zone", "zone"])), "stop 1: 'layers' is"),
    (story(title={"en": "A"}), "tour.json: 'title' is"),
]
TEXTS = [
    ("a\x1b[2Jb", "stop 1: 'heading' has characters .* \\(U\\+001B"),
    ("a\u202eb", "stop 1: 'heading' has characters .* \\(U\\+202E RIGHT-TO-LEFT OVERRIDE"),
    ("a\nb", "stop 1: 'heading' has characters .* \\(a line end"),
    ("a\ud800b", "stop 1: 'heading' has characters .* half a character"),
]


@pytest.mark.parametrize(("value", "reason"), STRUCTURE)
def test_what_is_no_story_is_refused_by_the_reader_and_the_schema(
    value: Value, reason: str
) -> None:
    with pytest.raises(StoryError, match=reason):
        read(value)
    assert not validator("story").is_valid(value)


def test_a_day_that_is_not_in_the_calendar_is_refused() -> None:
    with pytest.raises(StoryError, match="stop 1: 'date' is \"2022-02-30\""):
        read(story(stop(date="2022-02-30")))


@pytest.mark.parametrize(("text", "reason"), TEXTS)
def test_texts_that_are_no_line_are_refused(text: str, reason: str) -> None:
    with pytest.raises(StoryError, match=reason):
        read(story(stop(heading=text)))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{", "not valid JSON"),
        (b"\xff", "not valid JSON"),
        (b'{"schema":"pkzone.story/1","schema":"x"}', "'schema' occurs twice"),
        (b'{"schema":NaN}', "NaN is not a JSON number"),
        (b"[" * 100_000, "nested too deeply"),
        (b"<<<<<<< ours\n{}\n=======\n[]\n>>>>>>> theirs\n", "conflict markers"),
        (b"[]", "must be an object"),
    ],
)
def test_a_file_that_is_no_json_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(StoryError, match=f"^tour.json: .*{reason}|^tour.json: {reason}"):
        model.parse(data, "tour.json")


def test_files_that_are_missing_huge_or_links_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StoryError, match="no such file"):
        model.read(tmp_path / "none.json")
    with pytest.raises(StoryError, match="regular file"):
        model.read(tmp_path)
    huge = tmp_path / "huge.json"
    huge.write_bytes(b" " * 1_000_001)
    with pytest.raises(StoryError, match="1000001 bytes are more than the 1000000"):
        model.read(huge)
    (tmp_path / "link.json").symlink_to(huge)
    with pytest.raises(StoryError, match="link"):
        model.read(tmp_path / "link.json")


def cyclic() -> Value:
    value = story()
    value["stops"].append(value)
    return value


@pytest.mark.parametrize(
    "value",
    [cyclic(), story(title=object()), story(stop(view={"bounds": [float("nan"), 0, 1, 1]}))],
    ids=["cyclic", "no JSON", "NaN"],
)
def test_values_of_python_that_are_no_json_are_refused(value: Value) -> None:
    with pytest.raises(StoryError, match=r"^story: (is not a value of JSON|not valid JSON: NaN)"):
        model.open_story(value, catalogue())


def test_translations_stand_beside_the_file(tmp_path: Path) -> None:
    path = tmp_path / "tour.json"
    path.write_bytes(model.dumps(read(FULL)))
    entry: Callable[[str], str] = lambda text: f'#, fuzzy\nmsgid "A heading"\nmsgstr "{text}"\n'  # noqa: E731
    (tmp_path / "tour.ru.po").write_text(entry("Заголовок"), "utf-8")
    (tmp_path / "other.az.po").write_text(entry("Başlıq"), "utf-8")
    (tmp_path / "tour.not a language.po").write_text(entry("?"), "utf-8")
    found = model.read(path).translations
    assert list(found) == ["ru"]
    assert found["ru"].texts == {"A heading": "Заголовок"}
    assert not found["ru"].is_reviewed
    (tmp_path / "tour.az.po").write_bytes(b"\xff")
    with pytest.raises(StoryError, match=r"tour.az.po: is not in UTF-8"):
        model.read(path)
