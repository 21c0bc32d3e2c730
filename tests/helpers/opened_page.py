"""Fixtures that open a map in Chromium, from disk and offline, and watch what it does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

import pytest

Answer = tuple[bytes, str]
#: The first that is there. The headless shell draws the same pages with half the processor time.
NAMES = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome",
    "google-chrome-stable", "chrome",
)  # fmt: skip
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
WCAG_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Runs before the page and outside its policy: counts what must not happen.
WATCH = """
window.ran = 0;
window.alert = () => { window.ran += 1; };
window.refused = [];
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
  window.refused.push(violatedDirective.split("-")[0]);
  console.error("policy", violatedDirective, blockedURI);
});
"""

VIEW = "() => { const { lat, lng } = pkzone.draw.map.getCenter(); return [lat, lng, pkzone.draw.map.getZoom()]; }"  # noqa: E501
HOST = """<!DOCTYPE html><title>Host</title><style>body {{ margin: 0; height: 3000px; }}
iframe {{ display: block; margin: 100px 0 0; border: 0; }}</style>
<iframe src="{src}" width="{width}" height="{height}" allow="fullscreen *" title="Map"></iframe>"""

# Whether a target can be hit at its middle and near its corners.
FREE = """(selector) => {
  const target = document.querySelector(selector);
  const { left, top, width, height } = target.getBoundingClientRect();
  return [[0.5, 0.5], [0, 0], [0, 1], [1, 0], [1, 1]].every(([x, y]) => target.contains(
    document.elementFromPoint(left + 2 + x * (width - 4), top + 2 + y * (height - 4))));
}"""


def missing(reason: str) -> NoReturn:
    """Skip a test that needs what this machine has not; in CI it fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    path = os.environ.get("PKZONE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        missing("no Chromium on the PATH; install one or name it in PKZONE_CHROMIUM")
    if find_spec("playwright") is None:
        missing("playwright is not installed; it comes with pkzone[test]")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


class Opened:
    """A page opened from disk, with everything that it should not do written down.

    ``served`` says what the network would answer: by address, the content and its type.
    """

    def __init__(
        self,
        browser: Any,
        path: Path,
        hash_: str,
        size: tuple[int, int],
        served: Mapping[str, Answer],
        locale: str = "en-US",
    ) -> None:
        self.context = browser.new_context(
            offline=True, viewport={"width": size[0], "height": size[1]}, locale=locale
        )
        self.page = self.context.new_page()
        self.troubles: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.troubles.append(message.text))
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.add_init_script(WATCH)
        self.served = served
        if served:
            self.context.route(lambda url: url.startswith("http"), self._answer)
        self.address = path.as_uri()
        self.page.goto(self.address + hash_)

    def _answer(self, route: Any) -> None:
        if route.request.url not in self.served:
            route.abort()
            return
        body, kind = self.served[route.request.url]
        route.fulfill(body=body, content_type=kind, headers={"Access-Control-Allow-Origin": "*"})

    def drawn(self) -> set[str]:
        return set(
            self.page.evaluate(
                "() => [...document.querySelectorAll('svg [data-layer]')]"
                ".map(({ dataset }) => `${dataset.layer}/${dataset.id}`)"
            )
        )

    def text(self, selector: str) -> str:
        found: str = self.page.locator(selector).inner_text()
        return found

    def as_of(self) -> str:
        found: str = self.page.evaluate("() => document.body.dataset.asOf")
        return found

    def hash(self) -> str:
        found: str = self.page.evaluate("() => location.hash")
        return found

    def centre(self) -> tuple[float, float]:
        """Return the latitude and longitude of the middle of the map."""
        lat, lng = self.page.evaluate(
            "() => { const { lat, lng } = pkzone.draw.map.getCenter(); return [lat, lng]; }"
        )
        return lat, lng

    def element(self, layer: str, feature_id: str) -> Any:
        return self.page.locator(f'path.pk-hit[data-layer="{layer}"][data-id="{feature_id}"]')

    def barriers(self, *, beyond_aa: bool = False) -> list[tuple[str, list[str]]]:
        """Return what axe says against levels A and AA of WCAG 2.2: the rule, the element.

        Beyond these it knows rules that are merely good practice.
        """
        from axe_playwright_python.sync_playwright import Axe

        options: dict[str, Any] = {"resultTypes": ["violations"]}  # of the others, just how many
        if not beyond_aa:
            options["runOnly"] = {"type": "tag", "values": WCAG_AA}
        found = Axe().run(self.page, options=options).response
        assert len(found["passes"]) > 20
        return [(one["id"], node["target"]) for one in found["violations"] for node in one["nodes"]]

    def barriers_on_the_map(self) -> list[tuple[str, list[str]]]:
        """Return the same without targets that are called too small and can yet be hit.

        axe takes the whole box of a road that the edge of the map cuts off for a cover.
        """
        return [
            (rule, target)
            for rule, target in self.barriers()
            if rule != "target-size" or not self.can_be_hit(target[0])
        ]

    def can_be_hit(self, selector: str) -> bool:
        found: bool = self.page.evaluate(FREE, selector)
        return found

    def check(self) -> None:
        """Nothing ran, nothing was requested, nothing was complained about."""
        assert self.troubles == []
        asked = {url.split("#")[0] for url in self.requests}
        assert {url for url in asked if url not in self.served} == {self.address}
        assert self.page.evaluate("() => window.ran") == 0


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    opened: list[Opened] = []

    def _open(
        page: Any,
        hash_: str = "",
        size: tuple[int, int] = (1280, 800),
        *,
        checked: bool = True,
        served: Mapping[str, Answer] | None = None,
        ready: str = "#pk-groups fieldset",
        locale: str = "en-US",
    ) -> Opened:
        path = tmp_path / f"map-{len(opened)}.html"
        page.save(path)
        opened.append(Opened(browser, path, hash_, size, served or {}, locale))
        opened[-1].page.wait_for_selector(ready, state="attached")
        if not checked:
            opened[-1].check = lambda: None  # type: ignore[method-assign]
        return opened[-1]

    yield _open
    for one in opened:
        one.check()
        one.context.close()


class Framed:
    """A map in a frame of a host page that is longer than its window."""

    def __init__(self, browser: Any, folder: Path, src: str, size: tuple[int, int]) -> None:
        self.path = folder / "host.html"
        self.path.write_text(HOST.format(src=src, width=size[0], height=size[1]), encoding="utf-8")
        self.context = browser.new_context(
            offline=True, viewport={"width": size[0], "height": size[1] + 200}, has_touch=True
        )
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.troubles: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.troubles.append(message.text))
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.add_init_script(WATCH)
        self.page.goto(self.path.as_uri())
        self.map = self.page.frames[1]
        self.map.wait_for_selector("#pk-groups fieldset", state="attached")
        self.touches = self.context.new_cdp_session(self.page)

    def scrolled(self) -> float:
        found: float = self.page.evaluate("() => scrollY")
        return found

    def view(self) -> list[float]:
        found: list[float] = self.map.evaluate(VIEW)
        return found

    def drag(self, *fingers: tuple[float, float], by: tuple[float, float]) -> None:
        """Put fingers on the page, move them, and lift them."""
        steps = 8
        for step in range(steps + 1):
            points = [
                {"x": x + by[0] * step / steps, "y": y + by[1] * step / steps, "id": number}
                for number, (x, y) in enumerate(fingers)
            ]
            kind = "touchMove" if step else "touchStart"
            self.touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        self.touches.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.fixture
def frame_map(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Framed]]:
    opened: list[Framed] = []

    def _open(page: Any, hash_: str = "", size: tuple[int, int] = (700, 480)) -> Framed:
        page.save(tmp_path / "map.html")
        opened.append(Framed(browser, tmp_path, f"map.html{hash_}", size))
        return opened[-1]

    yield _open
    for one in opened:
        assert one.troubles == []
        here = {one.path.as_uri(), (tmp_path / "map.html").as_uri()}
        assert {url.split("#")[0] for url in one.requests} == here
        one.context.close()
