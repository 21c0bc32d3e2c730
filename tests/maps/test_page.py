"""The page as a text: one file, the same bytes every time, no data outside its block."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.errors import OutputError, VersionNotFound
from pkzone.layers.catalogue import catalogue
from pkzone.maps import Map, html_document, packing
from pkzone.maps.page import page_of
from tests.helpers.drawn_catalogue import feature, point, write
from tests.helpers.pages import payload_of, version_features

LEAFLET = html_document.web_text("vendor/leaflet.js")
JINJA = "{{ 7 * 7 }}{% if true %}run{% endif %}{# gone #}"


class Tags(HTMLParser):
    """All start tags of a page, and the text of its inline scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline: dict[str, list[str]] = {"script": [], "style": []}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        tag, attrs = self.tags[-1] if self.tags else ("", {})
        if self.cdata_elem in self.inline and attrs.get("type") != "application/json":
            self.inline[tag].append(data)


@pytest.fixture
def small_map(small_root: Path) -> Map:
    return pkzone.map(catalogue=catalogue(small_root))


def policy(html: str) -> str:
    found = [attrs["content"] for tag, attrs in Tags(html).tags
             if attrs.get("http-equiv") == "Content-Security-Policy"]  # fmt: skip
    assert len(found) == 1
    return found[0] or ""


def test_shipped_page_stays_within_450_kb() -> None:
    assert len(pkzone.map().to_html().encode()) <= 450_000


def test_page_holds_the_payload(small_map: Map) -> None:
    assert payload_of(small_map.to_html()) == small_map.content


def test_page_refers_to_nothing_outside(small_map: Map) -> None:
    for tag, attrs in Tags(small_map.to_html()).tags:
        assert "style" not in attrs, tag
        assert not [name for name in attrs if name.startswith("on")], tag
        assert "src" not in attrs, tag
        assert (attrs.get("href") or "#").startswith(("#", "data:,")), tag


def test_stylesheets_load_nothing(small_map: Map) -> None:
    for text in Tags(small_map.to_html()).inline["style"]:
        assert "url(" not in text
        assert "@import" not in text


def test_policy_allows_exactly_the_inline_scripts_and_styles(small_map: Map) -> None:
    html = small_map.to_html()
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy(html).split("; ")}
    assert rules["default-src"] == ["'none'"]
    assert rules["img-src"] == ["data:"]
    assert rules["base-uri"] == rules["form-action"] == ["'none'"]
    inline = Tags(html).inline
    for tag in ("script", "style"):
        # Leaflet is packed: the policy names the text that comes out.
        texts = inline[tag] + ([LEAFLET] if tag == "script" else [])
        digests = [sha256(text.encode()).digest() for text in texts]
        assert rules[f"{tag}-src"] == [
            f"'sha256-{base64.b64encode(one).decode()}'" for one in digests
        ]


def test_policy_comes_before_any_script(small_map: Map) -> None:
    html = small_map.to_html()
    assert html.index("Content-Security-Policy") < min(html.index("<script"), html.index("<style"))


@pytest.mark.parametrize(
    "text", ["</script><script>", "<!--<script>", "&lt;", "\u2028\u2029", "]]>", "{{ 7 * 7 }}"]
)
def test_json_block_cannot_be_left(text: str) -> None:
    block = html_document.json_block("a-block", json.dumps({"key": text}, ensure_ascii=False))
    content = block.removeprefix('<script type="application/json" id="a-block">')
    content = content.removesuffix("</script>\n")
    assert not set(content) & set("<>&\u2028\u2029")
    assert json.loads(content) == {"key": text}


def test_no_data_passes_a_template_engine(tmp_path: Path) -> None:
    site = feature(JINJA, point(46.5, 39.5), name=JINJA, **{JINJA: JINJA})
    root = write(tmp_path / "c", {"sites": {"2020-01-01": [site]}}, title=JINJA,
                 titles={"sites": JINJA}, version_title=JINJA)  # fmt: skip
    html = pkzone.map(catalogue=catalogue(root)).to_html()
    content = payload_of(html)
    assert content["title"] == content["layers"][0]["title"] == JINJA
    rebuilt = version_features(content, "sites", "2020-01-01")
    assert rebuilt == catalogue(root)["sites"].latest.features().features


def test_lone_surrogate_reaches_the_page(tmp_path: Path) -> None:
    text = packing.to_json({"name": "\ud800 and \udfff"})
    assert json.loads(text) == {"name": "\ud800 and \udfff"}


BUILD = """
import hashlib, sys
import pkzone
from pkzone.layers.catalogue import catalogue
page = pkzone.map(catalogue=catalogue(sys.argv[1]) if sys.argv[1:] else None)
print(hashlib.sha256(page.to_html().encode()).hexdigest())
"""


@pytest.mark.long
@pytest.mark.parametrize("shipped", [True, False], ids=["shipped", "small"])
def test_bytes_are_the_same_in_another_process(small_root: Path, shipped: bool) -> None:
    arguments = [] if shipped else [str(small_root)]
    digests = {
        subprocess.run(
            [sys.executable, "-c", BUILD, *arguments],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "4242")
    }  # fmt: skip
    assert len(digests) == 1


def test_second_rendering_is_the_same(small_map: Map) -> None:
    assert small_map.to_html() == small_map.to_html()


def test_every_way_to_the_html_gives_the_page(small_map: Map) -> None:
    assert small_map.get_root().render() == small_map.to_html()
    frame = small_map._repr_html_()
    source = re.search(r'srcdoc="([^"]*)"', frame)
    assert source is not None
    assert unescape(source[1]) == small_map.to_html()


@pytest.mark.parametrize("tiles", [None, "OpenTopoMap"])
def test_page_without_folium_is_the_one_that_folium_renders(
    small_root: Path, tiles: str | None
) -> None:
    source = catalogue(small_root)
    made = pkzone.map(catalogue=source, tiles=tiles)
    assert page_of(catalogue=source, tiles=tiles).to_html() == made.to_html()


@pytest.mark.parametrize(
    "command",
    [
        ["map", "-o", "-"],
        ["map", "-o", "-", "--compare", "all", "corridor"],
        ["map", "-o", "-", "{file}"],
        ["diff", "-f", "html", "zone@2020-11-10", "zone@2022-08-26"],
    ],
)
def test_writing_a_page_imports_no_library_of_frames_or_pictures(
    command: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "a.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": []}))
    argv = [one.format(file=file) for one in command]
    heavy = {"branca", "folium", "geopandas", "matplotlib", "pandas", "pyarrow", "requests"}
    code = (
        "import atexit, sys; from pkzone.cli import pkzone\n"
        f"atexit.register(lambda: print({heavy} & sys.modules.keys(), file=sys.stderr))\n"
        "pkzone.main(sys.argv[1:])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, *argv], capture_output=True, text=True, check=True
    )
    assert result.stdout.endswith("</html>\n")
    assert result.stderr.splitlines()[-1] == "set()"


def test_save_writes_and_replaces(small_map: Map, tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    small_map.save(path)
    assert path.read_text("utf-8") == small_map.to_html()
    with pytest.raises(OutputError, match=re.escape(str(path))):
        small_map.save(path, overwrite=False)
    small_map.save(str(path))
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["map.html"]


def test_save_into_a_missing_folder_is_one_line(small_map: Map, tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        small_map.save(tmp_path / "missing" / "map.html")
    assert "\n" not in str(caught.value)


def test_date_of_opening(small_root: Path) -> None:
    source = catalogue(small_root)
    assert '<body data-as-of="2022-09-01">' in pkzone.map(catalogue=source).to_html()
    later = pkzone.map(on="2023-05-01", catalogue=source)
    assert '<body data-as-of="2023-05-01">' in later.to_html()
    with pytest.raises(VersionNotFound, match="the first is 2020-11-10"):
        pkzone.map(on="2019-01-01", catalogue=source)


def test_single_reference_may_be_a_text(small_root: Path) -> None:
    page = pkzone.map("corridor", catalogue=catalogue(small_root))
    assert [one["name"] for one in page.content["layers"]] == ["corridor"]


def test_empty_catalogue_has_a_page(tmp_path: Path) -> None:
    root = write(tmp_path / "c", {"zone": {"2020-01-01": []}})
    page = pkzone.map(catalogue=catalogue(root))
    assert page.content["home"] is None
    assert '<body data-as-of="2020-01-01">' in page.to_html()


def test_script_with_its_own_end_tag_is_refused() -> None:
    skeleton = html_document.Skeleton(element="<div></div>", script="'</SCRIPT>'")
    with pytest.raises(ValueError, match="its own end tag"):
        html_document.assemble(html_document.VERSIONS, skeleton, "{}", {})


def _values(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [one for item in value.values() for one in _values(item)]
    return [one for item in value for one in _values(item)] if isinstance(value, list) else [value]


def test_style_table_on_the_page_is_plain_json(small_map: Map) -> None:
    table = json.loads(json.dumps(small_map.content["style"]))
    assert table == small_map.content["style"]
    assert {type(one) for one in _values(table)} <= {str, int, float, bool, type(None)}
