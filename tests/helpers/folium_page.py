"""Open pages of folium in Chromium without a network: what they link is answered from files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.opened_page import WATCH, missing
from tests.helpers.printed import ROOT

VENDOR = ROOT / "pkzone" / "maps" / "web" / "vendor"
MODULES = ROOT / "node_modules"
#: What is in a package of npm, by the end of the address that folium links: the plugins' own files.
PLUGINS = {
    r"leaflet\.markercluster\.js": "leaflet.markercluster/dist/leaflet.markercluster.js",
    r"leaflet_heat\.min\.js": "leaflet.heat/dist/leaflet-heat.js",
    r"L\.Map\.Sync\.min\.js": "leaflet.sync/L.Map.Sync.js",
    r"leaflet\.timedimension\.min\.js": "leaflet-timedimension/dist/leaflet.timedimension.min.js",
    r"iso8601\.min\.js": "iso8601-js-period/iso8601.js",
    r"moment\.min\.js": "moment/min/moment.min.js",
    r"d3\.min\.js": "d3/d3.min.js",
}
#: Linked for all maps, or by a plugin for more than what is tested here.
UNUSED = re.compile(r"jquery|bootstrap|awesome|fontawesome|glyphicons|highlight|\.css$")
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da6364600000000600023081d02f0000000049454e44ae426082"
)


def answer(address: str) -> tuple[bytes, str] | None:
    """Return what stands at an address, and its type; none where nothing may be asked."""
    if address.endswith(("leaflet.js", "leaflet.css")):
        kind = "text/javascript" if address.endswith("js") else "text/css"
        return (VENDOR / address.rpartition("/")[2]).read_bytes(), kind
    for end, path in PLUGINS.items():
        if re.search(f"/{end}$", address):
            return (MODULES / path).read_bytes(), "text/javascript"
    if UNUSED.search(address):
        return b"", "text/css" if address.endswith("css") else "text/javascript"
    return (PIXEL, "image/png") if address.endswith(".png") else None


class FoliumPage:
    """A page of folium in Chromium."""

    def __init__(self, browser: Any, path: Path, size: tuple[int, int]) -> None:
        self.context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        self.page = self.context.new_page()
        self.troubles: list[str] = []
        self.foreign: list[str] = []
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.add_init_script(WATCH)
        self.context.route(lambda url: url.startswith("http"), self._answer)
        self.page.goto(path.as_uri())

    def _listen(self, message: Any) -> None:
        if message.type in ("error", "warning"):  # folium's own pages log, too
            self.troubles.append(message.text)

    def _answer(self, route: Any) -> None:
        found = answer(route.request.url)
        if found is None:
            self.foreign.append(route.request.url)
            route.abort()
            return
        route.fulfill(body=found[0], content_type=found[1])

    def check(self) -> None:
        """Nothing ran that should not, nothing failed, no other host was asked."""
        assert (self.troubles, self.foreign) == ([], [])
        assert self.page.evaluate("() => window.ran") == 0


@pytest.fixture
def open_folium(browser: Any, tmp_path: Path) -> Iterator[Callable[..., FoliumPage]]:
    if lacking := [path for path in PLUGINS.values() if not (MODULES / path).is_file()]:
        missing(f"node_modules has no {lacking[0]}; run: npm ci")
    opened: list[FoliumPage] = []

    def _open(page: Any, size: tuple[int, int] = (1000, 700)) -> FoliumPage:
        path = tmp_path / f"folium-{len(opened)}.html"
        if isinstance(page, str):
            path.write_text(page, encoding="utf-8")
        else:
            page.save(path)
        opened.append(FoliumPage(browser, path, size))
        return opened[-1]

    yield _open
    for one in opened:
        one.check()
        one.context.close()
