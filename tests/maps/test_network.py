"""What a page may load from elsewhere: nothing, or what was asked for, held to its address."""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from html import unescape
from importlib import resources
from pathlib import Path
from typing import Any

import folium
import pytest
from folium import plugins

import pkzone
from pkzone.errors import BadOption
from pkzone.layers.catalogue import Catalogue
from pkzone.maps import Map, NetworkWarning
from pkzone.maps.csp import NOWHERE, Reach, source
from pkzone.maps.tiles import background

VENDOR = resources.files("pkzone.maps") / "web" / "vendor"
# As npm publishes it: the stylesheet has CRLF line ends, which the repository stores as LF.
PUBLISHED = {
    "leaflet.js": (VENDOR / "leaflet.js").read_bytes(),
    "leaflet.css": (VENDOR / "leaflet.css").read_bytes().replace(b"\n", b"\r\n"),
}
# What Leaflet's own guide states for 1.9.4 (https://leafletjs.com/examples/quick-start/).
STATED = {
    "leaflet.js": "20nQCchB9co0qIjJZRGuk2/Z9VM+kNiyxNV1lvTlZBo=",
    "leaflet.css": "p4NxAoJBhIIN+hmNHrzRCf9tD/miZyoHS5obTRR9BMY=",
}
POSITRON = "https://{s}.basemaps.example.org/light/{z}/{x}/{y}{r}.png"


def rules(html: str) -> dict[str, list[str]]:
    found = re.search('Content-Security-Policy" content="([^"]*)"', html)
    assert found is not None
    return {rule.split()[0]: rule.split()[1:] for rule in unescape(found[1]).split("; ")}


def foreign(html: str) -> dict[str, list[str]]:
    """The sources of a policy that are not hashes of the page's own scripts and styles."""
    found = {
        name: [one for one in values if not one.startswith("'sha256-")]
        for name, values in rules(html).items()
    }
    return {name: values for name, values in found.items() if values}


PLAIN = {
    "default-src": ["'none'"], "img-src": ["data:"], "base-uri": ["'none'"],
    "form-action": ["'none'"],
}  # fmt: skip


# Leaflet


@pytest.mark.parametrize("name", PUBLISHED)
def test_vendored_files_are_those_that_leaflet_states(name: str) -> None:
    digest = sha256(PUBLISHED[name]).digest()
    assert base64.b64encode(digest).decode() == STATED[name]


def test_page_holds_leaflet_and_reaches_nowhere(small: Catalogue) -> None:
    html = pkzone.map(catalogue=small).to_html()
    assert foreign(html) == PLAIN
    assert "data-needs" not in html


# Objects of folium


def test_map_is_a_folium_map_that_takes_more(small: Catalogue) -> None:
    page = pkzone.map(catalogue=small)
    assert isinstance(page, folium.Map)
    group = folium.FeatureGroup("Mine").add_to(page)
    folium.PolyLine([[39.6, 46.4], [39.8, 46.7]], popup="A line").add_to(group)
    folium.Marker([39.7, 46.5], popup="<b>Here</b>", tooltip="A place").add_to(group)
    folium.LayerControl().add_to(page)
    html = page.to_html()
    assert "L.polyline(" in html
    assert foreign(html) == PLAIN | {"style-src-attr": ["'unsafe-inline'"]}
    assert page.to_html() == html


def test_saving_without_need_of_the_network_is_quiet(small: Catalogue, tmp_path: Path) -> None:
    page = pkzone.map(catalogue=small)
    folium.Marker([39.7, 46.5], popup='<a href="https://example.org/x">link</a>').add_to(page)
    page.save(tmp_path / "map.html")  # a warning would be an error here


@pytest.mark.parametrize(
    ("add", "hosts"),
    [
        (lambda page: plugins.MiniMap().add_to(page),
         {"cdnjs.cloudflare.com", "tile.openstreetmap.org"}),
        (lambda page: plugins.MarkerCluster([[39.6, 46.5]]).add_to(page),
         {"cdnjs.cloudflare.com"}),
        (lambda page: folium.TileLayer(
            "https://{s}.tiles.example.org/{z}/{x}/{y}.png", attr="Example").add_to(page),
         {"tiles.example.org"}),
        (lambda page: folium.Marker(
            [39.6, 46.5], icon=folium.CustomIcon("https://pins.example.org/a.png")).add_to(page),
         {"pins.example.org"}),
        (lambda page: folium.Marker(
            [39.6, 46.5], popup='<img src="https://pics.example.org/a.png">').add_to(page),
         {"pics.example.org"}),
        (lambda page: page.get_root().header.add_child(
            folium.Element('<script src="https://code.example.org/a.js"></script>')),
         {"code.example.org"}),
        (lambda page: page.add_js_link("mine", "https://code.example.org/mine.js"),
         {"code.example.org"}),
    ],
    ids=["minimap", "cluster", "tiles", "icon", "picture", "header", "link"],
)  # fmt: skip
def test_saving_names_the_hosts(
    small: Catalogue, tmp_path: Path, add: Any, hosts: set[str]
) -> None:
    page = pkzone.map(catalogue=small)
    add(page)
    with pytest.warns(NetworkWarning, match="needs the network") as caught:
        page.save(tmp_path / "map.html")
    assert caught[0].filename == __file__
    html = (tmp_path / "map.html").read_text("utf-8")
    needs = re.search('data-needs="([^"]*)"', html)
    assert needs is not None
    assert set(needs[1].split()) == hosts
    assert all(host in str(caught[0].message) for host in hosts)
    allowed = {one for values in foreign(html).values() for one in values if "://" in one}
    assert all(any(host in one for one in allowed) for host in hosts)
    assert "https:" not in {one for values in rules(html).values() for one in values}


def test_scripts_are_allowed_by_their_whole_address(small: Catalogue) -> None:
    page = pkzone.map(catalogue=small)
    plugins.MarkerCluster([[39.6, 46.5]]).add_to(page)
    linked = [url for _, url in plugins.MarkerCluster.default_js]
    assert foreign(page.to_html())["script-src"] == linked


def test_links_of_one_map_are_not_those_of_another(small: Catalogue) -> None:
    pkzone.map(catalogue=small).add_js_link("mine", "https://code.example.org/mine.js")
    assert foreign(pkzone.map(catalogue=small).to_html()) == PLAIN


def test_braces_in_a_users_geojson_run_no_template(small: Catalogue) -> None:
    page = pkzone.map(catalogue=small)
    text = "{{ 7 * 7 }}{% if true %}x{% endif %}</script>"
    one = {"type": "Feature", "properties": {"said": text},
           "geometry": {"type": "Point", "coordinates": [46.5, 39.7]}}  # fmt: skip
    folium.GeoJson({"type": "FeatureCollection", "features": [one]}).add_to(page)
    html = page.to_html()
    assert "{{ 7 * 7 }}{% if true %}x{% endif %}" in html
    assert "49x" not in html


def test_class_of_another_package_has_what_folium_links(small: Catalogue) -> None:
    class Own(folium.MacroElement):
        """Something that may rely on any helper library."""

    page = pkzone.map(catalogue=small)
    Own().add_to(page)
    scripts = foreign(page.to_html())["script-src"]
    known = {url for name, url in folium.folium._default_js if name != "leaflet"}
    assert set(scripts) == known


# A background


def test_background_of_an_address(small: Catalogue) -> None:
    page = pkzone.map(catalogue=small, tiles=POSITRON, tiles_attribution="Example")
    html = page.to_html()
    assert foreign(html) == PLAIN | {
        "img-src": ["data:", *(f"https://{one}.basemaps.example.org" for one in "abc")]
    }
    assert page.content["tiles"] == {
        "url": POSITRON, "subdomains": ["a", "b", "c"], "host": "basemaps.example.org",
        "credit": [["Example", ""]], "max_zoom": 19,
    }  # fmt: skip


def test_background_by_name_is_that_of_xyzservices() -> None:
    import xyzservices.providers

    known = xyzservices.providers.OpenStreetMap.Mapnik
    found = background("openstreetmap mapnik")
    assert found.url == known.url
    assert "".join(text for text, _ in found.credit) == "© OpenStreetMap contributors"
    assert ("OpenStreetMap", "https://www.openstreetmap.org/copyright") in found.credit
    assert background(known) == found


def test_every_provider_gives_a_sound_background_or_one_line() -> None:
    import xyzservices.providers

    refused, sound = {}, []
    for name, provider in xyzservices.providers.flatten().items():
        try:
            found = background(provider)
        except BadOption as refusal:
            refused[name] = str(refusal)
        else:
            sound.append(name)
            assert not provider.requires_token()
            assert set(re.findall(r"\{(.*?)\}", found.url)) <= {"x", "y", "z", "s", "r"}
            assert found.credit
    assert all(line.startswith(f"{name}: ") for name, line in refused.items())
    assert not [line for line in refused.values() if "\n" in line]
    assert "OpenStreetMap.Mapnik" in sound
    assert len(sound) > 50


def test_key_of_the_users_is_taken() -> None:
    import xyzservices.providers

    with pytest.raises(BadOption, match=r"Thunderforest\.Landscape: needs a key"):
        background("Thunderforest.Landscape")
    found = background(xyzservices.providers.Thunderforest.Landscape(apikey="mine"))
    assert found.url.endswith("?apikey=mine")


@pytest.mark.parametrize(
    ("tiles", "reason"),
    [
        ("http://example.org/{z}/{x}/{y}.png", "https only"),
        ("ftp://example.org/{z}/{x}/{y}.png", "https only"),
        ("javascript://example.org/{z}/{x}/{y}", "https only"),
        ("https://example.org/{z}/{x}.png", "lacks {y}"),
        ("https://{x}.example.org/{z}/{y}.png", "lacks {x}"),
        ("https://{q}.example.org/{z}/{x}/{y}.png", "nothing fills {q}"),
        ("https:///{z}/{x}/{y}.png", "is not a host"),
        ("https://user:secret@example.org/{z}/{x}/{y}.png", "is not a host"),
        ("https://example.org;script-src-elem/{z}/{x}/{y}.png", "is not a host"),
        ("https://example.org' 'unsafe-inline'/{z}/{x}/{y}.png", "visible ASCII"),
        ("https://*.example.org/{z}/{x}/{y}.png", "is not a host"),
        ("https://*/{z}/{x}/{y}.png", "is not a host"),
        ("https://[::1/{z}/{x}/{y}.png", "is not an address"),
        ("https://exämple.org/{z}/{x}/{y}.png", "visible ASCII"),
        ("https://example.org/{z}/{x}/{y}.png\n", "visible ASCII"),
        ("https://example.org/" + "a" * 2000 + "/{z}/{x}/{y}.png", "2,000 at most"),
        ("OpenStretMap.Mapnik", "did you mean OpenStreetMap.Mapnik"),
        ("", "no such provider"),
        ("Esri.AntarcticImagery", "EPSG:3031"),
    ],
    ids=lambda text: text[:40],
)
def test_tiles_that_cannot_be_had(tiles: str, reason: str) -> None:
    with pytest.raises(BadOption, match=re.escape(reason)) as caught:
        background(tiles, "Example")
    assert "\n" not in str(caught.value)


def test_tiles_of_an_address_credit_somebody() -> None:
    with pytest.raises(BadOption, match="give the credit of the tiles"):
        background("https://example.org/{z}/{x}/{y}.png")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.org/a/b.js?x=1#y", "https://example.org/a/b.js"),
        ("HTTPS://Example.org:8080/A", "https://example.org:8080/A"),
        ("https://example.org/a;b,c", "https://example.org"),
        ("https://example.org/a b", "https://example.org"),
        ("https://*.example.org", "https://*.example.org"),
        ("https://example.org;x", None), ("https://", None), ("javascript:x", None),
        ("data:text/html,x", None), ("//example.org/x", None), ("", None), ("https://[", None),
    ],
)  # fmt: skip
def test_source_expressions(address: str, expected: str | None) -> None:
    assert source(address) == expected


def test_reaches_add_up() -> None:
    one, other = Reach(scripts=("a",), frames=True), Reach(scripts=("b", "a"), images=("c",))
    assert one | other == Reach(scripts=("a", "b"), images=("c",), frames=True)
    assert NOWHERE | one == one


def test_map_has_its_own_lists(small: Catalogue) -> None:
    assert Map.default_js == folium.Map.default_js
    assert pkzone.map(catalogue=small).default_js == []
