"""The pages of a story: its texts, maps and sources in a PDF."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

import pkzone
from pkzone import Catalogue
from pkzone.errors import BadOption, StoryError
from pkzone.pictures import Picture, picture
from pkzone.stories.model import read
from pkzone.stories.telling import tell
from tests.stories.test_model import Value, stop, story

Pages = Callable[[Picture], list[str]]
TOLD = story(
    stop(
        heading="The road of {version:corridor.date}",
        compare={"date": "2020-11-10", "layer": "corridor"},
        layers=["corridor"],
        sentences=[
            {"text": "It moves on {date}.", "sources": ["statement-2020", "bbc-2020"]},
            {"text": "One says so.", "sources": ["bbc-2020"]},
        ],
    ),
    stop(date="2020-11-10", heading="Before", sentences=[{"text": "<b>$\\alpha^x$ & so on."}]),
    title="A tour",
)


def document(drawn: Picture) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(drawn.to_bytes("pdf"))


def texts(drawn: Picture) -> list[str]:
    """Return the text of each page, blanks and line ends as single spaces."""
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document(drawn)]


def test_each_stop_is_a_page_with_heading_sentences_and_numbered_sources(small: Catalogue) -> None:
    first, second = texts(picture(story=TOLD, catalogue=small))
    for said in (
        "A tour · Stop 1 of 2", "The road of 30 August 2022",
        "Map as of 30 August 2022, compared with 10 November 2020",
        "It moves on 30 August 2022. [1, 2]", "One says so. [2]", "[1] ", "[2] ",
        "Difference", "New", "No longer used", "Not an official map.",
    ):  # fmt: skip
        assert said in first
    records = {one["id"]: one["title"] for one in small.sources}
    assert f"[1] {records['statement-2020']}" in first
    assert f"[2] {records['bbc-2020']}" in first
    assert "A tour · Stop 2 of 2 Before Map as of 10 November 2020" in second
    assert "Not an official map." in second
    assert "Difference" not in second
    assert "Zone and control Responsibility zone" in second
    assert "Responsibility zone" not in first  # its layer is not in view


def test_the_map_of_a_stop_shows_its_bounds_layers_and_difference(small: Catalogue) -> None:
    bounds = [46.0, 39.0, 47.0, 40.0]
    found = picture(story=TOLD, catalogue=small).content.stops[0]  # type: ignore[union-attr]
    (window,) = found.focus
    assert list(window.bounds) == bounds
    layers = {item.style_key for item in found.items}
    assert "corridor" in layers
    assert "zone" not in layers
    diff = pkzone.diff("corridor@2020-11-10", "corridor@2022-08-30", catalogue=small)
    sections = [one.kind for route in diff.routes for one in route.sections]
    for kind in ("added", "removed"):
        own = [one for one in found.items if one.style_key == f"~{kind}"]
        assert len(own) >= sections.count(kind)
        assert own


@pytest.fixture(scope="module")
def shipped_stops(shipped: Catalogue) -> tuple[Any, ...]:
    """What the pages of the shipped story show; nothing is drawn yet."""
    return picture(story=True).content.stops  # type: ignore[union-attr]


def test_the_shipped_story_has_every_heading_and_every_source(
    shipped: Catalogue, shipped_stops: tuple[Any, ...]
) -> None:
    told = tell(read(shipped.root / "story.json"), shipped).stops
    records = {one["id"]: one for one in shipped.sources}
    for page, one in zip(shipped_stops, told, strict=True):
        assert one.heading == page.title
        for text, said in zip(one.sentences, page.sentences, strict=True):
            assert re.fullmatch(rf"{re.escape(text)} \[[\d, ]+\]", said)
        for source in one.stop.sources:
            assert any(records[source]["title"] in line for line in page.references)


def test_places_that_are_named_are_labelled_before_all_others(
    shipped_stops: tuple[Any, ...],
) -> None:
    first = {
        item.name
        for item in (*shipped_stops[4].items, *shipped_stops[4].regions)
        if item.label_row and item.label_row.get("named")
    }
    assert first == {"Berdzor / Lachin", "Aghavno / Zabukh", "Sus", "Hakari bridge"}


def test_a_comparison_has_the_rings_and_outlines_of_the_page(
    shipped_stops: tuple[Any, ...],
) -> None:
    items = shipped_stops[4].items
    rings = [item for item in items if item.style_key == "~affected"]
    affected = pkzone.diff("corridor@2022-08-29", "corridor@2022-08-30").affected
    assert len(rings) == len(affected) > 0
    outlines = {item.gid for item in items if item.style_key == "~base"}
    assert "base/zone/corridor-old" in outlines  # the strip that goes
    assert "From: 29 August 2022" in [one.title for one in shipped_stops[4].sections]


@pytest.mark.long
def test_pages_of_the_shipped_story_are_a4(shipped: Catalogue) -> None:
    value = json.loads((shipped.root / "story.json").read_text("utf-8"))
    longest = sorted(value["stops"], key=lambda one: -len(str(one["sentences"])))[:1]
    drawn = picture(story={**value, "stops": longest}, catalogue=shipped)
    (page,) = texts(drawn)
    assert _letters(drawn.content.stops[0].sentences[-1]) in _letters(page)  # type: ignore[union-attr]
    sizes = {tuple(round(side) for side in one.get_size()) for one in document(drawn)}
    assert sizes == {(595, 842)}  # A4, points


def _letters(text: str) -> str:
    """Return a text without what a line that is broken loses."""
    return re.sub(r"[\W_]", "", text)


def test_pages_are_equal_and_their_maps_stand_between_the_texts(small: Catalogue) -> None:
    long = stop(sentences=[{"text": "word " * 100, "sources": ["bbc-2020"]}] * 3)
    file = document(picture(story=story(long, stop()), catalogue=small, width_cm=18))
    sizes = {page.get_size() for page in file}
    assert len(sizes) == 1
    width, height = sizes.pop()
    assert width == pytest.approx(18 / 2.54 * 72, abs=0.1)
    assert height == pytest.approx(width * 297 / 210, abs=0.1)
    for page in file:
        read = page.get_textpage()
        boxes = [read.get_rect(index) for index in range(read.count_rects())]
        assert all(0 < left < right < width for left, _, right, _ in boxes)
        assert all(0 < bottom < top < height for _, bottom, _, top in boxes)


def test_in_another_language(small: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "tour.json"
    path.write_text(json.dumps(story(stop(heading="In {date}"))), "utf-8")
    (tmp_path / "tour.ru.po").write_text('msgid "In {date}"\nmsgstr "Дата: {date}"\n', "utf-8")
    drawn = picture(story=path, catalogue=small, lang="ru")
    (page,) = texts(drawn)
    assert "Дата: 30 августа 2022 г." in page
    assert "Карта по состоянию на 30 августа 2022 г." in page
    assert "Карта не является официальной" in page
    assert drawn.render("pdf")[1] == ()


def test_a_title_and_the_colours_of_ones_own(small: Catalogue) -> None:
    drawn = picture(story=TOLD, catalogue=small, title="Mine", theme="dark")
    assert "Mine · Stop 1 of 2" in texts(drawn)[0]
    assert document(drawn).get_metadata_value("Title") == "Mine"


def test_hostile_texts_are_text(small: Catalogue) -> None:
    evil = "<script>alert()</script> $\\alpha^x$ %PDF- (x) Tj"
    value = story(stop(heading=evil, sentences=[{"text": evil}]), title=evil)
    (page,) = texts(picture(story=value, catalogue=small))
    assert page.count("<script>alert()</script> $\\alpha^x$ %PDF- (x) Tj") >= 2


def test_the_same_bytes_every_time(small: Catalogue) -> None:
    first, again = (picture(story=TOLD, catalogue=small).to_bytes("pdf") for _ in range(2))
    assert first == again
    assert b"CreationDate" not in first


@pytest.mark.parametrize("form", ["png", "svg"])
def test_pages_are_a_pdf_and_nothing_else(small: Catalogue, form: str, tmp_path: Path) -> None:
    drawn = picture(story=TOLD, catalogue=small)
    with pytest.raises(BadOption, match=r"name a file that ends in \.pdf"):
        drawn.save(tmp_path / f"tour.{form}")
    assert not (tmp_path / f"tour.{form}").exists()
    assert drawn._repr_png_() is None


def test_what_makes_no_pages(small: Catalogue) -> None:
    for options in ({"on": "2022-08-30"}, {"each": True}, {"tagged": "x.csv"}):
        with pytest.raises(BadOption, match="a story says what its pages show"):
            picture(story=TOLD, catalogue=small, **options)  # type: ignore[arg-type]
    with pytest.raises(BadOption, match="a story says what its pages show"):
        picture("zone", story=TOLD, catalogue=small)
    with pytest.raises(BadOption, match="12 cm is too narrow for the pages of a story; use 14"):
        picture(story=TOLD, catalogue=small, width_cm=12).to_bytes("pdf")
    with pytest.raises(StoryError, match="this catalogue has no story"):
        picture(story=True, catalogue=small)
    broken: Value = story(stop(events=["none"]))
    with pytest.raises(StoryError, match="stop 1: events: the catalogue has no event none"):
        picture(story=broken, catalogue=small)
