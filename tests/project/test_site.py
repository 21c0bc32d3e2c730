"""The documentation site as ``python -m tools.site`` builds it: whole, and without a network.

``nox -s docs`` builds it and runs these; elsewhere ``PKZONE_SITE`` names the built folder.
"""

from __future__ import annotations

import json
import os
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

import pkzone
from pkzone.cli import pkzone as program
from tests.helpers.printed import PAGES, blocks

SITE = Path(os.environ.get("PKZONE_SITE", "no site"))
pytestmark = pytest.mark.skipif(not SITE.is_dir(), reason="PKZONE_SITE names no built site")

NOTEBOOKS = [page for page in PAGES if page.startswith("docs/notebooks/")]

#: What a browser fetches by itself, by element and attribute.
FETCHED = {
    ("script", "src"),
    ("img", "src"),
    ("iframe", "src"),
    ("link", "href"),
    ("source", "src"),
}
#: Links that are only named: no browser fetches them.
NAMED = {"canonical", "next", "prev", "index", "search", "help", "author", "copyright"}


class Document(HTMLParser):
    """Ids, links, and addresses that are fetched, of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.levels: list[int] = []
        self.pictures: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids |= {value for key in ("id", "name") if (value := given.get(key))}
        if tag == "a" and (link := given.get("href")):
            self.links.append(link)
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "img":
            self.pictures.append(given.get("alt") or "")
        if set((given.get("rel") or "").split()) & NAMED:
            return
        self.fetched += [value for key, value in attrs if (tag, key) in FETCHED and value]


@pytest.fixture(scope="module")
def documents() -> dict[Path, Document]:
    pages = [path for path in SITE.rglob("*.html") if not path.name.endswith("map.html")]
    return {path: Document(path) for path in pages}


def test_every_page_of_docs_is_on_the_site() -> None:
    pages = [page.removeprefix("docs/") for page in PAGES if page.startswith("docs/")]
    assert [page for page in pages if not (SITE / page).with_suffix(".html").is_file()] == []


def test_every_link_within_the_site_leads_somewhere(documents: dict[Path, Document]) -> None:
    dead = []
    for path, document in documents.items():
        for link in document.links:
            parts = urlsplit(link)
            assert parts.scheme != "mailto", f"{path}: {link}"
            if parts.scheme or not (parts.path or parts.fragment):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            known = documents.get(target)
            if not target.is_file() or (
                known and parts.fragment and unquote(parts.fragment) not in known.ids
            ):
                dead.append(f"{path.relative_to(SITE)}: {link}")
    assert dead == []


def test_no_page_names_what_is_fetched_from_elsewhere(documents: dict[Path, Document]) -> None:
    for path, document in documents.items():
        assert [one for one in document.fetched if re.match(r"(\w+:)?//", one)] == [], path
        there = [path.parent / urlsplit(one).path for one in document.fetched]
        assert [one for one in there if not one.is_file()] == []
    for path in (SITE / "_static").rglob("*.css"):
        assert not re.search(r"url\(\s*['\"]?(https?:)?//", path.read_text(encoding="utf-8")), path


def test_the_reference_has_every_command_and_name() -> None:
    commands = (SITE / "reference" / "cli.html").read_text(encoding="utf-8")
    shown = [name for name in program.homes if not program.get_command(None, name).hidden]
    assert [name for name in shown if f">pkzone {name}<" not in commands] == []
    names = Document(SITE / "reference" / "api.html").ids
    assert set(pkzone.__all__) - {"__version__"} == {
        name.removeprefix("pkzone.") for name in names if re.fullmatch(r"pkzone\.\w+", name)
    }
    schemas = Document(SITE / "reference" / "schemas.html").ids
    files = Path(pkzone.__file__).parent.glob("schemas/*.json")
    assert {f"schema-{file.stem}" for file in files} <= schemas


def test_the_data_pages_have_every_version_event_and_source() -> None:
    catalogue = pkzone.catalogue()
    for layer in catalogue.values():
        document = Document(SITE / "shipped" / f"{layer.name}.html")
        assert {one.id for one in layer.versions} <= {
            Path(link).stem.removeprefix(f"{layer.name}-") for link in document.fetched
        }
    events = Document(SITE / "shipped" / "events.html").ids
    assert {f"event-{event.id}" for event in catalogue.events} <= events
    sources = Document(SITE / "shipped" / "sources.html").ids
    assert {f"source-{source['id'].lower()}" for source in catalogue.sources} <= sources


def test_headings_descend_by_one_and_pictures_are_described(
    documents: dict[Path, Document],
) -> None:
    for path, document in documents.items():
        levels = document.levels
        if path.name != "search.html":  # its script writes the heading
            assert levels[0] == 1, path
            assert levels.count(1) == 1, path
        assert all(below <= above + 1 for above, below in pairwise(levels)), path
        names = [text for text in document.pictures if not text or re.fullmatch(r"\S+\.\w+", text)]
        assert names == [], path


#: What is wrong with the layout of a page: too wide, cut without a scrollbar, too small to read.
LAYOUT = """() => {
    const width = document.documentElement.clientWidth, wrong = [];
    const scrolls = (e) => e && (/auto|scroll/.test(getComputedStyle(e).overflowX)
        || scrolls(e.parentElement));
    const seen = (e) => e.checkVisibility({visibilityProperty: true});
    if (document.documentElement.scrollWidth > width) wrong.push("wider than the window");
    for (const e of document.querySelectorAll("article *"))
        if (e.getBoundingClientRect().right > width + 1 && seen(e) && !scrolls(e.parentElement))
            wrong.push("cut: " + e.outerHTML.slice(0, 80));
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const e = texts.currentNode.parentElement;
        if (texts.currentNode.data.trim() && parseFloat(getComputedStyle(e).fontSize) < 12
                && seen(e) && !e.closest("svg"))
            wrong.push("small: " + texts.currentNode.data);
    }
    return wrong;
}"""


def test_pages_ask_nothing_of_the_network_and_fit(browser: Any) -> None:
    """On every page but the longest of generated ones, at the widths of a desk and a phone."""
    context = browser.new_context(offline=True)
    context.route("**/*map.html*", lambda route: route.fulfill(body=""))  # tested elsewhere
    tab = context.new_page()
    asked: list[str] = []
    troubles: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: troubles.append(message.text))
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    long = {"api", "schemas", "genindex", "transport", "events", "sources", "sites"}
    for path in sorted(SITE.rglob("*.html")):
        if path.stem in long or path.name.endswith("map.html"):
            continue
        tab.goto(path.as_uri(), wait_until="load")
        for width in (1440, 390):
            tab.set_viewport_size({"width": width, "height": 900})
            assert tab.evaluate(LAYOUT) == [], f"{path} at {width}"
    assert [url for url in asked if urlsplit(url).scheme not in ("file", "data", "blob")] == []
    assert troubles == []
    context.close()


@pytest.mark.parametrize("page", NOTEBOOKS)
def test_each_cell_of_a_notebook_ran_and_its_map_is_drawn(page: str, browser: Any) -> None:
    path = (SITE / page.removeprefix("docs/")).with_suffix(".html")
    cells = [block.text for block in blocks(page) if block.kind == "python"]
    notebook = json.loads(path.with_suffix(".ipynb").read_text(encoding="utf-8"))
    assert [one["source"] for one in notebook["cells"] if one["cell_type"] == "code"] == cells

    context = browser.new_context(offline=True, viewport={"width": 1440, "height": 900})
    tab = context.new_page()
    troubles: list[str] = []
    tab.on("console", lambda message: troubles.append(message.text))
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    tab.goto(path.as_uri())
    results = tab.locator("div.cell").evaluate_all(
        "(cells) => cells.map((cell) => [cell.querySelector('.cell_input').innerText.trim(), "
        "cell.querySelector('.cell_output')?.childElementCount ?? 0])"
    )
    assert [text for text, _ in results] == cells
    silent = [text for text, outputs in results if not outputs]
    assert all(re.match(r"(\w+\.)+to_\w+\(", text.splitlines()[-1]) for text in silent), silent
    assert tab.locator(".cell_output > .stderr, .cell_output > .traceback").count() == 0
    widths = tab.locator(".cell_output img").evaluate_all("(all) => all.map((i) => i.naturalWidth)")
    assert 0 not in widths
    frames = tab.locator(".cell_output iframe")
    assert frames.count() == 1
    inside = frames.first.content_frame
    inside.locator("path[data-id]").first.wait_for(state="attached")
    inside.locator("#pk-slider:visible, #pk-stop-title:visible").first.wait_for()
    assert troubles == []
    context.close()


def test_the_first_page_shows_the_map(browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto((SITE / "index.html").as_uri())
    frame = page.frame_locator("iframe.map-frame")
    frame.locator("svg path").first.wait_for(state="attached")


def test_the_search_finds_a_word_from_disk(browser: Any) -> None:
    page = browser.new_page()
    page.goto((SITE / "search.html").as_uri() + "?q=uncertainty")
    page.locator("#search-results li a").first.wait_for()
