"""What a page says of itself in its head: title, description, and previews of its link."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.errors import BadOption
from pkzone.layers.catalogue import Catalogue, catalogue
from pkzone.maps.diff.page import render_diff
from tests.helpers.drawn_catalogue import feature, point, write
from tests.helpers.pages import payload_of
from tests.maps.test_hostile import ADDRESSES, ELEMENTS, HOSTILE

ADDRESS = "https://example.org/maps/zone.html?v=1&w=%D0%B0"


class Head(HTMLParser):
    """The title, the metas and the links of a page, and the names of all elements of its head."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.title = ""
        self.metas: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.feed(html.partition("</head>")[0])
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.elements.append((tag, tuple(given)))
        if tag == "meta":
            name = given.get("name") or given.get("property") or given.get("http-equiv")
            self.metas[name or "charset"] = given.get("content", "")
        if tag == "link":
            self.links[given["rel"]] = given["href"]

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] == "title" and not self.title:
            self.title = data


def head(*refs: Any, **options: Any) -> Head:
    return Head(pkzone.map(list(refs), **options).to_html())


# Written by hand; the catalogue is that of tests/conftest.py.
@pytest.mark.parametrize(("language", "title", "description"), [
    ("en", "Small: map as of 2021-01-01",
     "Small. Map as of 1 January 2021, with every version from 10 November 2020 to "
     "12 June 2024. Not an official map. Lines are approximate."),
    ("hy", "Small: քարտեզ՝ 2021-01-01-ի դրությամբ",
     "Small։ Քարտեզ՝ 2021 թ. հունվարի 1-ի դրությամբ, 2020 թ. նոյեմբերի 10-ից մինչև "
     "2024 թ. հունիսի 12-ը բոլոր տարբերակներով։ Պաշտոնական քարտեզ չէ։ Գծերը մոտավոր են։"),
])  # fmt: skip
def test_title_and_description_say_the_day(
    small: Catalogue, language: str, title: str, description: str
) -> None:
    made = head(on="2021-01-01", lang=language, catalogue=small, title="Small")
    assert made.title == title
    assert made.metas["description"] == description


def test_a_year_in_russian_has_one_full_stop() -> None:
    said = head("zone", lang="ru", on="2022-12-12").metas["description"]
    assert " г. Карта не является официальной." in said
    assert ".." not in said


def test_one_version_and_files(small: Catalogue, tmp_path: Path) -> None:
    made = head("corridor@2021-01-01", catalogue=small, title="One")
    assert made.metas["description"].startswith("One. Map as of 1 January 2021. Not an official")
    file = tmp_path / "mine.geojson"
    features = [feature("a", point(46, 40)), feature("b", point(46, 41))]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    made = head(file)
    assert made.title == "mine"
    assert made.metas["description"].startswith("mine. Features: 2. Not an official map.")


def test_a_difference_names_its_two_versions() -> None:
    diff = pkzone.diff("corridor@2020-12-01", "corridor@2022-08-30")
    made = Head(diff.map().to_html())
    assert made.title == "Lachin corridor: 1 December 2020 compared with 30 August 2022"
    assert made.metas["description"].startswith(
        f"{made.title}. Between 1 December 2020 and 30 August 2022, the route Khankendi / "
    )


def test_without_an_address_nothing_is_said_of_one(small: Catalogue) -> None:
    page = pkzone.map(catalogue=small)
    made = Head(page.to_html())
    assert set(made.metas) == {"charset", "Content-Security-Policy", "viewport", "description"}
    assert set(made.links) == {"icon"}
    assert "address" not in payload_of(page.to_html())


def test_with_an_address_previews_have_what_they_show(small: Catalogue) -> None:
    page = pkzone.map(catalogue=small, address=ADDRESS)
    made = Head(page.to_html())
    assert made.links["canonical"] == ADDRESS
    assert {name: text for name, text in made.metas.items() if ":" in name} == {
        "og:title": made.title,
        "og:description": made.metas["description"],
        "og:type": "website",
        "og:url": ADDRESS,
        "twitter:card": "summary",
    }
    assert payload_of(page.to_html())["address"] == ADDRESS


@pytest.mark.parametrize(
    "address",
    [one for one in ADDRESSES if isinstance(one, str)]
    + [
        "https://user:word@example.org/", "https://user@example.org/", "https://example.org/#on=1",
        "https://example.org/#", "https://example.org/" + "x" * 2000, "https://[::1]/", "https://:1/",
        "https://exämple.org/", "https://example.org/\n", "https://example.org\\x", "https://-/",
        "https://[/", *HOSTILE,
    ],
    ids=lambda one: ascii(one[:24]),
)  # fmt: skip
def test_what_is_no_address_is_refused(small: Catalogue, address: str) -> None:
    with pytest.raises(BadOption) as caught:
        pkzone.map(catalogue=small, address=address)
    assert str(caught.value).isprintable()


def test_an_address_of_signs_stays_within_its_quotes(small: Catalogue) -> None:
    address = "https://example.org/'onload=alert(1)\"><script>alert(1)</script>?a=b&lt;&quot"
    made = head(catalogue=small, address=address)
    assert made.metas["og:url"] == made.links["canonical"] == address
    assert made.elements == head(catalogue=small, address=ADDRESS).elements


@pytest.mark.parametrize(
    "text", [*HOSTILE, " ".join(HOSTILE), "\ud800 and \udfff"], ids=lambda one: ascii(one[:24])
)
def test_hostile_titles_stay_text(small: Catalogue, text: str) -> None:
    made = head(catalogue=small, title=text, address=ADDRESS)
    assert made.elements == head(catalogue=small, title="x", address=ADDRESS).elements
    plain = head(catalogue=small, title="x", address=ADDRESS)
    for name in ("description", "og:title", "og:description"):
        assert made.metas[name].isprintable()
        assert made.metas[name].endswith(plain.metas[name].removeprefix("x")) or "…" in made.title
    shown = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    assert made.title.startswith(shown[:199])


def test_hostile_differences_stay_text(tmp_path: Path) -> None:
    text = " ".join(HOSTILE)
    site = feature("a", point(46.5, 39.5), name=text)
    moved = feature("a", point(46.6, 39.5), name=text)
    root = write(tmp_path / "c", {"sites": {"2020-01-01": [site], "2020-02-01": [moved]}},
                 title=text, titles={"sites": text})  # fmt: skip
    source = catalogue(root)
    diff = pkzone.diff("sites@2020-01-01", "sites@2020-02-01", catalogue=source)
    html = render_diff(diff, catalogue=source)
    assert not ELEMENTS - {"style", "link", "meta"} & {tag for tag, _ in Head(html).elements}
    assert Head(html).metas["description"].isprintable()


@pytest.mark.browser
def test_the_title_is_the_one_that_the_page_gives_itself(open_page: Any, small: Catalogue) -> None:
    for language in small.languages:
        page = pkzone.map(catalogue=small, lang=language)
        shown = open_page(page).page.evaluate("() => document.title")
        assert shown == Head(page.to_html()).title
