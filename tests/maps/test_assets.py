"""Scripts and styles as files beside a page, for sites that allow none in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import folium
import pytest

import pkzone
from pkzone.errors import OutputError
from pkzone.files import atomic
from pkzone.layers.catalogue import Catalogue
from pkzone.maps import Map
from pkzone.maps.diff.page import diff_page
from tests.helpers.pages import payload_of
from tests.helpers.program import Run

STRICT = "default-src 'self'"


class Tags(HTMLParser):
    """All start tags of a page with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def addresses(self) -> list[str]:
        """What the page loads."""
        named = [(given.get("src"), given.get("href")) for tag, given in self.found
                 if tag in ("script", "link", "img")]  # fmt: skip
        return [one for pair in named for one in pair if one]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


def names(folder: Path) -> set[str]:
    return {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}


def test_nothing_stands_inline(small: Catalogue, site: Path) -> None:
    pkzone.map(catalogue=small).save(site / "map.html", assets=site / "own files")
    tags = Tags((site / "map.html").read_text("utf-8"))
    for tag, given in tags.found:
        assert tag != "style"
        assert "style" not in given, tag
        assert not [name for name in given if name.startswith("on")], tag
        if tag == "script":
            assert ("src" in given) != (given.get("type") == "application/json")
    loaded = tags.addresses()
    assert loaded
    assert all(one.startswith("own%20files/") for one in loaded)
    here = {one.replace("own%20files", "own files") for one in loaded}
    assert here | {"map.html"} == names(site)


def test_a_name_has_part_of_the_hash(small: Catalogue, site: Path) -> None:
    page = pkzone.map(catalogue=small)
    page.save(site / "map.html", assets=site / "a")
    first = {path: path.read_bytes() for path in (site / "a").iterdir()}
    for path, data in first.items():
        assert path.name.split(".")[1] == sha256(data).hexdigest()[:12]
    page.save(site / "map.html", assets=site / "a")
    assert {path: path.read_bytes() for path in (site / "a").iterdir()} == first


def test_data_and_words_are_those_of_one_file(small: Catalogue, site: Path) -> None:
    page = pkzone.map(catalogue=small)
    page.save(site / "map.html", assets=site / "a")
    assert payload_of((site / "map.html").read_text("utf-8")) == payload_of(page.to_html())


@pytest.mark.parametrize(("page", "folder", "link"), [
    ("map.html", "a", "a/"), ("map.html", ".", "./"), ("maps/map.html", "a", "../a/"),
    ("map.html", "a/b&c<\"'", "a/b%26c%3C%22%27/"), ("map.html", "a:b", "a%3Ab/"),
])  # fmt: skip
def test_links_are_relative(
    small: Catalogue, site: Path, monkeypatch: pytest.MonkeyPatch, page: str, folder: str, link: str
) -> None:
    monkeypatch.chdir(site)
    for one in (page, folder):
        Path(one).parent.mkdir(exist_ok=True)
    pkzone.map(catalogue=small).save(page, assets=folder)
    assert all(one.startswith(link) for one in Tags(Path(page).read_text("utf-8")).addresses())


def test_pages_share_files(small: Catalogue, site: Path) -> None:
    for name, refs in (("a.html", "zone"), ("b.html", "corridor")):
        pkzone.map(refs, catalogue=small).save(site / name, overwrite=False, assets=site / "a")
    leaflets = [one for one in names(site) if one.startswith("a/leaflet.") and one.endswith(".js")]
    assert len(leaflets) == 1


def test_all_or_nothing(small: Catalogue, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = pkzone.map(catalogue=small)
    (site / "map.html").write_text("mine")
    with pytest.raises(OutputError, match=r"map\.html: already exists; use --overwrite"):
        page.save(site / "map.html", overwrite=False, assets=site / "a")
    with pytest.raises(OutputError, match="cannot be written: there is no folder"):
        page.save(site / "other.html", assets=site / "none" / "a")
    (site / "file").write_text("mine")
    with pytest.raises(OutputError, match=r"file: already exists"):
        page.save(site / "other.html", assets=site / "file")
    whole = atomic.write_bytes

    def failing(path: str, data: bytes, **options: Any) -> None:
        if path.endswith("other.html"):
            raise OutputError("the disk is full")
        whole(path, data, **options)

    monkeypatch.setattr(atomic, "write_bytes", failing)
    with pytest.raises(OutputError, match="the disk is full"):
        page.save(site / "other.html", assets=site / "a")
    assert names(site) == {"map.html", "file"}
    assert not (site / "a").exists()


def test_a_file_of_the_name_with_other_content_is_not_replaced_unasked(
    small: Catalogue, site: Path
) -> None:
    page = pkzone.map(catalogue=small)
    page.save(site / "map.html", assets=site / "a")
    script = next((site / "a").glob("map.*.js"))
    script.write_text("mine")
    with pytest.raises(OutputError, match="already exists"):
        page.save(site / "other.html", overwrite=False, assets=site / "a")
    page.save(site / "map.html", assets=site / "a")
    assert script.read_text("utf-8") != "mine"


def test_commands_write_them(
    in_process: Run, small_root: Path, site: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(site)
    for command in (
        ["map", "-o", "map.html"],
        ["diff", "corridor@2020-11-10", "corridor", "-o", "diff.html"],
    ):
        done = in_process(*command, "--catalogue", small_root, "--assets", "a")
        assert done.code == 0, done.err
        page = command[-1]
        last = done.err.splitlines()[-1]
        assert last.startswith(f"pkzone: wrote {page} (")
        assert " files in a (" in last
        assert set(Tags(Path(page).read_text("utf-8")).addresses()) <= names(site)
    for command, said in (
        (["map", "-o", "-"], "--assets needs a file; leave out -o -"),
        (["diff", "corridor@2020-11-10", "corridor", "-f", "html"], "--assets needs a file"),
        (["diff", "corridor@2020-11-10", "corridor", "-f", "json"], "--assets is for -f html"),
    ):
        done = in_process(*command, "--catalogue", small_root, "--assets", "b")
        assert (done.code, done.out) == (2, "")
        assert said in done.err
    assert not Path("b").exists()


@pytest.fixture
def serve(site: Path) -> Iterator[Callable[[str], str]]:
    """Serve the folder of the site under the strict policy; return addresses of files in it."""

    class Handler(SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", STRICT)
            super().end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield lambda name: f"http://127.0.0.1:{server.server_port}/{name}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Any]]:
    """Open an address and note everything that the browser complains about."""
    opened: list[tuple[Any, list[str]]] = []

    def open_address(address: str, ready: str) -> Any:
        page = browser.new_page()
        troubles: list[str] = []
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("requestfailed", lambda request: troubles.append(request.url))
        page.goto(address)
        page.wait_for_selector(ready, state="attached")
        opened.append((page, troubles))
        return page

    yield open_address
    for page, troubles in opened:
        page.close()
        assert troubles == []


@pytest.mark.browser
@pytest.mark.parametrize("where", ["disk", "server"])
def test_the_page_works(
    small: Catalogue, site: Path, serve: Callable[[str], str], visit: Callable[..., Any], where: str
) -> None:
    pkzone.map(catalogue=small).save(site / "map.html", assets=site / "a")
    address = serve("map.html") if where == "server" else (site / "map.html").as_uri()
    page = visit(f"{address}#on=2022-09-01", "#pk-groups fieldset")
    hit = page.locator("path.pk-hit").evaluate_all("(all) => all.map((one) => one.dataset.layer)")
    assert sorted(hit) == ["corridor", "zone"]
    page.locator("#pk-slider").focus()
    page.keyboard.press("Home")
    assert page.evaluate("() => document.body.dataset.asOf") == "2020-11-10"
    page.locator("#pk-theme").select_option("dark")
    paper = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    page.locator("#pk-theme").select_option("light")
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") != paper


@pytest.mark.browser
@pytest.mark.parametrize("where", ["disk", "server"])
def test_the_page_of_a_difference_works(
    small: Catalogue, site: Path, serve: Callable[[str], str], visit: Callable[..., Any], where: str
) -> None:
    diff = pkzone.diff("corridor@2020-11-10", "corridor", catalogue=small)
    diff_page(diff, catalogue=small).save(site / "d.html", overwrite=False, assets=site / "a")
    page = visit(
        serve("d.html") if where == "server" else (site / "d.html").as_uri(), "#pk-groups *"
    )
    assert page.locator("#pk-title").inner_text() == page.title()
    assert page.locator("svg [data-layer]").count() > 0


@pytest.mark.browser
def test_one_file_does_not_work_under_the_strict_policy(
    small: Catalogue, site: Path, serve: Callable[[str], str], browser: Any
) -> None:
    """What the files are for, and that the policy of this test is one."""
    pkzone.map(catalogue=small).save(site / "map.html")
    page = browser.new_page()
    page.goto(serve("map.html"))
    assert page.locator("#pk-groups fieldset").count() == 0
    page.close()


@pytest.mark.browser
def test_scripts_of_a_users_objects_are_files_too(
    small: Catalogue, site: Path, serve: Callable[[str], str], visit: Callable[..., Any]
) -> None:
    made: Map = pkzone.map(catalogue=small)
    folium.CircleMarker([39.8, 46.7], tooltip="<b>Office</b>", color="#f09").add_to(made)
    made.save(site / "map.html", assets=site / "a")
    page = visit(serve("map.html"), "path[stroke='#f09']")
    assert page.locator("path[stroke='#f09']").count() == 1
