"""Assemble the page as one text: plain concatenation, no template engine.

Three walls keep data from being run: it stands in one JSON block in which ``<``, ``>`` and
``&`` are escaped; the page's scripts show it through ``textContent`` only; and a
Content-Security-Policy allows the very scripts and styles written here, by their hashes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from html import escape
from importlib import resources
from string import Template
from typing import Final, NamedTuple

from pkzone.maps.csp import NOWHERE, Reach, policy
from pkzone.maps.packing import deflated, to_json
from pkzone.maps.style import PAGE, PALETTE

__all__ = [
    "COMPARISON",
    "MAP_ID",
    "VERSIONS",
    "ZOOM",
    "ZOOM_SNAP",
    "Layout",
    "Outside",
    "Part",
    "Skeleton",
    "assemble",
    "empty_map",
    "json_block",
    "web_text",
]


class Part(NamedTuple):
    """Files of ``web/built`` and colours that only some pages need, as `Layout` has them.

    A script takes the place of the layout's.
    """

    script: str | None = None
    styles: tuple[str, ...] = ()
    palette: Mapping[str, Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of page: the files that it is made of, in ``web`` and ``web/built``.

    Attributes
    ----------
    body : str
        The HTML of its body, with a mark where the map stands.
    script : str
        Its script.
    early : str, optional
        A script that runs before anything of the body is painted.
    styles : tuple of str
        Its stylesheets, in their order.
    facts : mapping of str to str
        What its body says of itself: name of the data attribute to member of the payload;
        what is none there is not said.
    palette : mapping
        Colours by theme and token, besides those of the style table.
    """

    body: str
    script: str
    styles: tuple[str, ...]
    facts: Mapping[str, str]
    palette: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    early: str | None = None

    def plus(self, part: Part) -> Layout:
        """Return the layout with a part that this page needs."""
        return replace(
            self,
            script=part.script or self.script,
            styles=self.styles + part.styles,
            palette={
                theme: {**self.palette.get(theme, {}), **part.palette.get(theme, {})}
                for theme in {*self.palette, *part.palette}
            },
        )


#: The page of layers with a slider over their versions.
VERSIONS: Final = Layout(
    body="body.html",
    script="map.js",
    styles=("map.css",),
    facts={"as-of": "on", "embed": "embed", "of-files": "of_files"},
    early="early.js",
)
#: The page of a difference.
COMPARISON: Final = Layout(
    body="diff.html",
    script="diff.js",
    styles=("diff.css",),
    facts={"base": "base", "target": "target"},
    early="early.js",
)

#: The zoom that a map is made with, its steps, and the end of its name; for folium too.
ZOOM: Final = 8
ZOOM_SNAP: Final = 0.25
MAP_ID: Final = "pkzone"
#: The script that folium 0.20 renders, character by character.
_EMPTY_MAP: Final = Template("""
            var $name = L.map(
                "$name",
                {
                    center: $middle,
                    crs: L.CRS.EPSG3857,
                    ...{
  "zoom": $zoom,
  "zoomControl": true,
  "preferCanvas": false,
  "zoomSnap": $snap,
  "maxZoom": $max_zoom,
}

                }
            );
            L.control.scale().addTo($name);
""")

_RISKY: Final = "<>&\u2028\u2029"
# In a string of JavaScript a backslash changes nothing of these, and keeps HTML from seeing them.
_INNER_TAG = re.compile(r"<(/script|!--)", re.IGNORECASE)
_NO_ICON: Final = '<svg xmlns="http://www.w3.org/2000/svg"/>'


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The parts that folium renders: the map's element, its script, and a user's own additions.

    Attributes
    ----------
    element, script : str
        HTML of the map's container and the script that makes the Leaflet map.
    head, body : str
        HTML that objects added by the user put into the head and the body; empty for the
        maps that pkzone makes by itself.
    added : tuple of str
        Scripts of the user's objects, each to be run by itself.
    reach : Reach
        What these objects load from elsewhere.
    hosts : tuple of str
        Where from, in words for people.
    is_extended : bool
        Whether the user added something.
    """

    element: str
    script: str
    head: str = ""
    body: str = ""
    added: tuple[str, ...] = ()
    reach: Reach = NOWHERE
    hosts: tuple[str, ...] = ()
    is_extended: bool = False


def empty_map(middle: Sequence[float], max_zoom: int) -> Skeleton:
    """Return what folium renders of an empty map, without folium, which takes long to import.

    Parameters
    ----------
    middle : sequence of float
        Latitude and longitude in degrees.
    max_zoom : int
        The last zoom.
    """
    name = f"map_{MAP_ID}"
    script = _EMPTY_MAP.substitute(
        name=name, middle=list(middle), zoom=ZOOM, snap=ZOOM_SNAP, max_zoom=max_zoom
    )
    script += f"\n{' ' * 12}\n\n{' ' * 8}"
    return Skeleton(f'<div class="folium-map" id="{name}" ></div>\n', script)


class Outside:
    """Scripts and styles as files beside a page, for a site that allows none in it.

    Parameters
    ----------
    link : str
        The folder's address as the page names it; it ends in a slash.

    Attributes
    ----------
    files : dict of str to bytes
        What the page asks for, by name. A name has a part of the hash of what is in it, so that
        pages share files, and no page gets those of another release from a cache.

    Notes
    -----
    The page states no ``integrity``: Chromium checks that of no file on disk, and runs none then.
    """

    def __init__(self, link: str) -> None:
        self.link = link
        self.files: dict[str, bytes] = {}

    def add(self, name: str, text: str) -> str:
        """Take a file and return its address, which HTML may hold as it is."""
        data = text.encode()
        stem, _, ending = name.rpartition(".")
        name = f"{stem}.{sha256(data).hexdigest()[:12]}.{ending}"
        self.files[name] = data
        return self.link + name

    @property
    def reach(self) -> Reach:
        """What the page loads then; of a page opened from disk 'self' need not mean such files."""
        own = ("'self'", "file:")
        return Reach(scripts=own, styles=own, images=own)


class _Code:
    """Writes the scripts and styles of a page into it, or as files beside it."""

    def __init__(self, outside: Outside | None) -> None:
        self._outside = outside

    def script(self, name: str, text: str) -> str:
        if self._outside is None:
            return _element("script", text)
        return f'<script src="{self._outside.add(f"{name}.js", text)}"></script>\n'

    def style(self, name: str, text: str) -> str:
        if self._outside is None:
            return _element("style", text)
        return f'<link rel="stylesheet" href="{self._outside.add(f"{name}.css", text)}">\n'

    def built(self, *names: str) -> str:
        """Return scripts and stylesheets as esbuild made them (see package.json)."""
        return "".join(
            (self.script if kind == "js" else self.style)(stem, web_text(f"built/{stem}.{kind}"))
            for stem, _, kind in (name.rpartition(".") for name in names)
        )

    def icon(self) -> str:
        """Return an icon of nothing, so that no browser asks for one."""
        address = self._outside.add("icon.svg", _NO_ICON) if self._outside else "data:,"
        return f'<link rel="icon" href="{address}">\n'

    def leaflet(self) -> str:
        """Return Leaflet, its stylesheet without the pictures, which would be requests.

        In the page the script is packed, in a third of its bytes: the page unpacks and runs it.
        """
        style, script = self.built("leaflet.css"), web_text("vendor/leaflet.js")
        if self._outside:
            return style + self.script("leaflet", script)
        return style + json_block("pkzone-leaflet", _packed_leaflet()) + self.built("leaflet.js")


def json_block(element_id: str, text: str) -> str:
    """Return JSON text as a data block that no parser of HTML or JavaScript can leave.

    Parameters
    ----------
    element_id : str
        Id of the ``<script type="application/json">`` element; ours, never data.
    text : str
        JSON; the escaped characters can stand only within its strings.
    """
    for mark in _RISKY:
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return f'<script type="application/json" id="{element_id}">{text}</script>\n'


def assemble(
    layout: Layout,
    skeleton: Skeleton,
    payload_json: str,
    facts: Mapping[str, str],
    *,
    about: str = "",
    language: str = "en",
    reaches_out: bool = False,
    reach: Reach = NOWHERE,
    blocks: Mapping[str, str] | None = None,
    outside: Outside | None = None,
) -> str:
    """Return the whole document.

    Parameters
    ----------
    layout : Layout
        The kind of page.
    skeleton : Skeleton
        What folium rendered, from numbers only.
    payload_json : str
        The payload as JSON.
    facts : mapping of str to str
        What the body says of itself: ``{"as-of": "2022-09-01"}`` becomes ``data-as-of``. The
        names are ours, the values may be data.
    about : str, optional
        HTML that says what the page is: see `pkzone.maps.head.head_of`.
    language : str, default "en"
        Code of the language that the page opens in.
    reaches_out : bool, default False
        Whether the page loads something from elsewhere, and so watches for what is missing.
    reach : Reach, optional
        What else the page loads from elsewhere, besides what the skeleton says.
    blocks : mapping of str to str, optional
        Further data blocks: JSON by the id of its element.
    outside : Outside, optional
        What takes the scripts and styles; by default the page has them. Data is no script, whatever
        a site allows, and stays in the page.

    Returns
    -------
    str
        HTML, the same for the same input.
    """
    made = _Code(outside)
    before, after = web_text(layout.body).split("<!-- map -->")
    # A script of the user's that fails, for want of its library, stops none of the others.
    added = [made.script("added", _INNER_TAG.sub(r"<\\\1", one)) for one in skeleton.added]
    if skeleton.is_extended:
        added.insert(0, made.built("folium.js"))
    head = (
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        + about
        + made.icon()
        + (made.built("missing.js") if reaches_out else "")
        + made.leaflet()
        + made.style("colours", _colours(layout.palette))
        + made.built(*layout.styles, *(["folium.css"] if skeleton.is_extended else []))
        + skeleton.head
    )
    early = made.built(layout.early) if layout.early else ""
    body = f"<body{_attributes(facts)}>\n{early}{before}{skeleton.element}{after}{skeleton.body}"
    scripts = [made.script("start", skeleton.script), *added, made.built(layout.script)]
    code = "".join(scripts) + "</body>\n"
    data = {"pkzone-payload": payload_json, **(blocks or {})}
    blocks_html = "".join(map(json_block, data, data.values()))
    # The data is not asked what may run.
    reach |= skeleton.reach | (outside.reach if outside else NOWHERE)
    unpacked = [] if outside else [web_text("vendor/leaflet.js")]
    rules = policy(head + body + code, reach, unpacked)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(rules, quote=False)}">\n'
        f"{head}</head>\n{body}{blocks_html}{code}</html>\n"
    )


def _attributes(facts: Mapping[str, str]) -> str:
    """Return data attributes; half a surrogate pair, which UTF-8 cannot hold, becomes ``?``."""
    texts = {name: text.encode("utf-8", "replace").decode() for name, text in facts.items()}
    return "".join(f' data-{name}="{escape(text)}"' for name, text in texts.items())


def _element(tag: str, text: str) -> str:
    if f"</{tag}" in text.lower():
        raise ValueError(f"a {tag} of the page contains its own end tag")
    return f"<{tag}>{text}</{tag}>\n"


@cache
def web_text(path: str) -> str:
    """Return a file of ``web``: ``built/map.js``."""
    return (resources.files("pkzone.maps") / "web" / path).read_text("utf-8")


@cache
def _packed_leaflet() -> str:
    return to_json(deflated(web_text("vendor/leaflet.js").encode())).decode()


def _colours(more: Mapping[str, Mapping[str, str]]) -> str:
    """Return the colours as CSS variables: the theme chosen, else the device's; light in print."""
    light, dark = (
        "".join(f"--pk-{name}:{value};" for name, value in colours.items())
        + f"color-scheme:{theme};"
        for theme in ("light", "dark")
        if (colours := {**PALETTE[theme], **PAGE[theme], **more.get(theme, {})})
    )
    return (
        f":root{{{light}}}\n"
        f"@media screen{{:root[data-theme=dark]{{{dark}}}}}\n"
        "@media screen and (prefers-color-scheme:dark)"
        f"{{:root:not([data-theme=light]){{{dark}}}}}"
    )
