"""Hostile text in every field and in the address: shown as it stands, never run."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.layers.catalogue import Catalogue, catalogue
from tests.helpers.drawn_catalogue import feature, line, point, write

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "hash_",
    [
        "#on=2019-01-01", "#on=2022-02-30", "#on=9999999-01-01", "#on=<img src=x onerror=alert(1)>",
        "#at=1e400,0&z=8", "#at=NaN,NaN&z=NaN", "#at=91,181&z=99", "#at=1&z=", "#z=-1",
        "#off=__proto__,constructor", "#off=" + "x" * 5000, "#see=__proto__/constructor",
        "#see=corridor", "#see=/", "#see=corridor/%00", "#see=zone/<script>alert(1)</script>",
        "#%E0%A4%A", "#&&==&=", "#javascript:alert(1)", "#on=2021-01-01&" + "a=b&" * 1000,
    ],
    ids=lambda text: text[:24],
)  # fmt: skip
def test_hostile_hash_is_ignored(open_page: Any, small: Catalogue, hash_: str) -> None:
    opened = open_page(pkzone.map(catalogue=small), hash_)
    assert opened.as_of() == "2022-09-01"
    assert opened.drawn() == {"zone/core", "corridor/lachin-new"}
    assert opened.page.locator("#pk-feature").is_hidden()


HOSTILE = [
    "<script>alert(1)</script>", "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>",
    "\"><b onmouseover=alert(1)>", "' onfocus=alert(1) autofocus x='",
    "{{ 7 * 7 }}", "{% for x in (1,) %}{{ x }}{% endfor %}", "${alert(1)}", "`+alert(1)+`",
    "javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "\\u003cscript\\u003e",
    "<!--<script>", "]]>", "--></style><script>alert(1)</script>", "\u2028alert(1)\u2029",
    "\u202e\u2066bidi", "&lt;b&gt;", "__proto__", "constructor", "toString", "%s%n",
    "\ufeff\u200b-",
    "<iframe srcdoc='<script>parent.alert(1)</script>'>", "<a href=javascript:alert(1)>x</a>",
    "<style>*{display:none}</style>", "<base href=//example.org>", "url(javascript:alert(1))",
    "<math><mi xlink:href=javascript:alert(1)>", "x" * 300, "\t\n",
    "<object data=javascript:alert(1)>", "<embed src=javascript:alert(1)>",
    "<details open ontoggle=alert(1)>", "<meta http-equiv=refresh content=0;url=//example.org>",
    "<link rel=stylesheet href=//example.org/x.css>", "<form action=//example.org><input name=x>",
    "<template><script>alert(1)</script></template>", "</textarea></title><svg/onload=alert(1)>",
    "{# gone #}{{ cycler }}", "{{'a'.__class__}}", "#{alert(1)}", "<%= alert(1) %>", "$(alert)[0]",
    "@import url(//example.org);", "--pk-ink:red;}*{display:none}", "hasOwnProperty", "<![CDATA[<",
    "\u0000\u0007\u001b[31m", "=cmd|' /C calc'!A0",
]  # fmt: skip
ELEMENTS = {"img", "iframe", "base", "math", "style", "object", "embed", "link", "meta", "form",
            "template", "textarea"}  # fmt: skip
ADDRESSES: list[Any] = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd", "//host/x",
    "blob:https://example.org/1", "http://", "", "https://exa mple.org", 7, None, ["https://a.b"],
    {"toString": 1}, "about:blank", "ftp://example.org", "x", "https:",
]  # fmt: skip


def hostile(root: Path) -> Catalogue:
    """A catalogue with hostile text in every place that takes text."""
    fields = ("name", "name_az", "name_hy", "name_ru", "kind", "status", "basis", "controller",
              "since", "certainty", "uncertainty_m", "geometry_basis", "note", "route", "mode",
              "boundary_status", "length_published_km", "sources")  # fmt: skip
    sites = []
    for index, text in enumerate(HOSTILE):
        values: dict[str, Any] = dict.fromkeys(fields, text)
        values |= {text: text, "nested": {text: [text, {"toString": text}]}}
        values["sources"] = [text, f"source-{index}", {"toString": text}, None]
        sites.append(feature(text, point(round(46.1 + index / 50, 6), 39.5), **values))
    odd = {field: {"toString": 1, "valueOf": {}} for field in fields} | {"__proto__": {"kind": "x"}}
    sites.append(feature("odd", point(46.5, 39.8), **odd))
    sources: list[dict[str, Any]] = [
        {"id": f"source-{index}", "type": text, "title": text, "container-title": text,
         "note": text, "issued": {"date-parts": [[text, {"toString": 1}]]},
         "URL": ADDRESSES[index % len(ADDRESSES)]}
        for index, text in enumerate(HOSTILE)
    ]  # fmt: skip
    text = " ".join(HOSTILE)
    event = {"id": text, "date": "2020-01-01", "title": text, "summary": text, "layers": ["sites"],
             "features": [text], "sources": [text, "source-0"], "certainty": text}  # fmt: skip
    layers = {"sites": {"2020-01-01": sites, "2020-02-01": sites[:1]},
              "places": {"2020-01-01": sites}}  # fmt: skip
    return catalogue(write(
        root, layers, title=text, titles={"sites": text}, version_title=text, sources=sources,
        events=[event], version_events={"2020-01-01": [text]}, default_date="2020-01-05",
        licenses=[{"name": text, "title": text, "path": "javascript:alert(1)"}],
    ))  # fmt: skip


def test_hostile_catalogue_is_shown_literally(open_page: Any, tmp_path: Path) -> None:
    opened = open_page(pkzone.map(catalogue=hostile(tmp_path / "c")))
    page = opened.page
    opened.page.locator("#pk-sources summary").click()
    for details in page.locator("#pk-changes details").all():
        details.evaluate("(element) => { element.open = true; }")
    whole = page.evaluate("() => document.body.textContent")
    said = page.evaluate(
        """(ids) => ids.map((id) => {
      const enter = new KeyboardEvent("keydown", { key: "Enter", bubbles: true });
      pkzone.draw.elementOf("sites", id).dispatchEvent(enter);
      const panel = document.getElementById("pk-feature");
      const addresses = [...panel.querySelectorAll("a")].map((link) => link.protocol);
      return [panel.textContent, addresses];
    })""",
        [*HOSTILE, "odd"],
    )
    for text, (panel, addresses) in zip(HOSTILE, said, strict=False):
        assert panel.count(text) >= 8, text
        assert text in whole
        assert set(addresses) <= {"https:", "http:"}
    assert '"valueOf"' in said[-1][0]
    assert {link.evaluate("(one) => one.protocol") for link in page.locator("a[href]").all()} <= {
        "https:", "http:", "file:",
    }  # fmt: skip
    elements = page.evaluate(
        "() => [...document.body.querySelectorAll('*')].map((one) => one.localName)"
    )
    assert not ELEMENTS & set(elements)
    assert page.locator("script").count() == page.content().count("<script")


def test_there_are_at_least_40_payloads() -> None:
    assert len(set(HOSTILE)) >= 40


def named(text: str) -> str:
    """A name that a file can have: no slash, no zero, at most 200 bytes."""
    short = text.replace("/", "\u2215").replace("\0", "\u2400").encode()[:200]
    return short.decode("utf-8", "ignore")


@pytest.fixture(scope="module")
def hostile_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A file a payload: in its name, its id, its keys, its values and what they hold."""
    root = tmp_path_factory.mktemp("files")
    paths = []
    for index, text in enumerate(HOSTILE):
        properties: dict[str, Any] = {
            "name": text, text: text, "nested": {text: [text, {"toString": text}]},
            "link": ADDRESSES[index % len(ADDRESSES)], "sources": [text], "kind": text,
            "uncertainty_m": text, "toString": {"valueOf": text},
        }  # fmt: skip
        one = feature(text, point(round(10 + index / 50, 6), 50.5), **properties)
        bare = {**feature("", line((10, 50), (11, 50.2)), title=text), "id": None}
        del bare["id"]
        paths.append(root / f"{named(text)}.geojson")
        content = {"type": "FeatureCollection", "features": [one, bare]}
        paths[-1].write_text(json.dumps(content), encoding="utf-8")
    return paths


def test_hostile_files_are_shown_literally(open_page: Any, hostile_files: list[Path]) -> None:
    title = " ".join(HOSTILE)
    page = pkzone.map(
        hostile_files, title=title, tiles="https://tiles.example.org/{z}/{x}/{y}.png?<b>",
        tiles_attribution=title,
    )  # fmt: skip
    layers = [(one["name"], one["features"][0]["id"]) for one in page.content["layers"]]
    opened = open_page(page, "#tool=table&tiles=0")
    shown = opened.page.evaluate("() => document.title")
    assert shown == re.sub("[\0- ]+", " ", title)  # a title has no control characters
    assert opened.page.locator("#pk-title").text_content() == title
    assert title in opened.page.locator("#pk-credit").text_content()
    said = opened.page.evaluate(
        """(layers) => layers.map(([layer, id]) => {
      const enter = new KeyboardEvent("keydown", { key: "Enter", bubbles: true });
      pkzone.draw.elementOf(layer, id).dispatchEvent(enter);
      const panel = document.getElementById("pk-feature");
      return [panel.textContent, [...panel.querySelectorAll("a")].map((link) => link.protocol)];
    })""",
        layers,
    )
    legend = opened.page.locator("#pk-groups").text_content()
    table = opened.page.locator("#pk-sheet-body").text_content()
    for path, text, (panel, addresses) in zip(hostile_files, HOSTILE, said, strict=True):
        assert panel.count(text) >= 6, text  # heading, name, key, its value, kind, uncertainty
        assert json.dumps({text: [text]}, ensure_ascii=False, separators=(",", ":"))[:-2] in panel
        assert set(addresses) <= {"https:", "http:"}
        assert path.stem in legend
        assert text in table
    elements = opened.page.evaluate(
        "() => [...document.body.querySelectorAll('*')].map((one) => one.localName)"
    )
    assert not ELEMENTS & set(elements)


def test_hostile_languages_are_not_spoken(open_page: Any, tmp_path: Path) -> None:
    site = feature("a", point(46.5, 39.5), name="A", note="n")
    root = write(tmp_path / "c", {"sites": {"2020-01-01": [site]}}, languages=[*HOSTILE, "hy"])
    opened = open_page(pkzone.map(catalogue=catalogue(root)), "#see=sites/a")
    options = opened.page.locator("#pk-language option")
    assert options.all_inner_texts() == ["English", "Հայերեն"]


def test_hostile_hash_opens_nothing(open_page: Any, small: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=small))
    states = opened.page.evaluate(
        """(texts) => texts.flatMap((text) => {
      const raw = encodeURIComponent(text);
      const keys = ["on", "at", "z", "off", "see", "path", "lang", "theme", "band"];
      const all = (value) => keys.map((key) => `${key}=${value}`).join("&");
      return [all(raw), all(text), `tool=table&filter=${raw}&see=zone/${raw}`].map((hash) => {
        location.hash = `#${hash}`;
        window.dispatchEvent(new Event("hashchange"));
        const { asOf } = document.body.dataset;
        return [asOf, document.getElementById("pk-feature").hidden, document.documentElement.lang];
      });
    })""",
        HOSTILE,
    )
    assert len(states) == 3 * len(HOSTILE)
    assert {tuple(one) for one in states} == {("2022-09-01", True, "en")}


def test_hover_shows_a_name_as_text(open_page: Any, tmp_path: Path) -> None:
    text = "<img src=x onerror=alert(1)>{{ 7 * 7 }}"
    road = feature("r", line((46.4, 39.5), (46.6, 39.6)), name=text)
    root = write(tmp_path / "c", {"corridor": {"2020-01-01": [road]}})
    opened = open_page(pkzone.map(catalogue=catalogue(root)))
    box = opened.element("corridor", "r").bounding_box()
    opened.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert opened.text(".pk-tip") == text


def test_policy_is_in_force(open_page: Any, small: Catalogue) -> None:
    opened = open_page(pkzone.map(catalogue=small), checked=False)
    opened.page.evaluate("""() => {
      const script = document.createElement("script");
      script.textContent = "window.ran = 99";
      const image = document.createElement("img");
      image.src = "https://example.org/x.png";
      const bold = document.createElement("b");
      bold.setAttribute("onclick", "window.ran = 99");
      document.body.append(script, image, bold);
      bold.click();
    }""")
    opened.page.wait_for_function("() => window.refused.length === 3")
    assert sorted(opened.page.evaluate("() => window.refused")) == ["img", "script", "script"]
    assert opened.page.evaluate("() => window.ran") == 0
