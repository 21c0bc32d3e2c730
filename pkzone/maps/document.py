"""The page as one text: plain concatenation, no template engine, nothing from elsewhere.

Three walls keep data from being run: it stands in one JSON block in which ``<``, ``>`` and
``&`` are escaped; the page's scripts show it through ``textContent`` only; and a
Content-Security-Policy allows the very scripts and styles written here, by their hashes.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from html import escape
from html.parser import HTMLParser
from importlib import resources
from typing import Final

from pkzone.maps.slim import slim_script, slim_style
from pkzone.maps.style import PAGE, PALETTE

__all__ = ["COMPARISON", "VERSIONS", "Layout", "Skeleton", "assemble", "json_block"]


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of page: the files in ``assets`` that it is made of.

    Attributes
    ----------
    body : str
        The HTML of its body, with a mark where the map stands.
    styles, scripts : tuple of str
        Its stylesheets and scripts, in their order.
    facts : mapping of str to str
        What its body says of itself: name of the data attribute to member of the payload.
    """

    body: str
    styles: tuple[str, ...]
    scripts: tuple[str, ...]
    facts: Mapping[str, str]


_READING: Final = ("unpack.js", "store.js", "text.js")
_DRAWING: Final = ("dom.js", "look.js", "draw.js", "labels.js", "legend.js", "facts.js")

#: The page of layers with a slider over their versions.
VERSIONS: Final = Layout(
    body="body.html",
    styles=("page.css", "tools.css", "print.css"),
    scripts=(*_READING, "words.js", "data.js", *_DRAWING, "settings.js", "details.js",
             "timeline.js", "search.js", "table.js", "events.js", "play.js", "measure.js",
             "download.js", "toolbar.js", "permalink.js", "print.js", "main.js"),
    facts={"as-of": "on"},
)  # fmt: skip
#: The page of a difference.
COMPARISON: Final = Layout(
    body="diff.html",
    styles=("page.css", "diff.css"),
    scripts=(*_READING, "diffwords.js", "diffdata.js", *_DRAWING, "diffnumbers.js",
             "difflist.js", "diffmain.js"),
    facts={"base": "base", "target": "target"},
)  # fmt: skip

_RISKY = re.compile("[<>&\u2028\u2029]")
_ICON: Final = '<link rel="icon" href="data:,">'


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What folium contributes: the map's element, its script, and a user's own additions.

    Attributes
    ----------
    element, script : str
        HTML of the map's container and the script that makes the Leaflet map.
    head, body : str
        HTML that objects added by the user put into the head and the body; empty for the
        maps that pkzone makes by itself.
    """

    element: str
    script: str
    head: str = ""
    body: str = ""

    @property
    def is_extended(self) -> bool:
        """Whether the user added something."""
        return bool(self.head.strip() or self.body.strip())


def json_block(element_id: str, text: str) -> str:
    """Return JSON text as a data block that no parser of HTML or JavaScript can leave.

    Parameters
    ----------
    element_id : str
        Id of the ``<script type="application/json">`` element; ours, never data.
    text : str
        JSON; the escaped characters can stand only within its strings.
    """
    safe = _RISKY.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return f'<script type="application/json" id="{element_id}">{safe}</script>\n'


def assemble(
    layout: Layout,
    skeleton: Skeleton,
    payload_json: str,
    facts: Mapping[str, str],
    *,
    language: str = "en",
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
    language : str, default "en"
        Code of the language that the page opens in.

    Returns
    -------
    str
        HTML that needs no other file, the same for the same input.
    """
    before, after = _asset(layout.body).split("<!-- map -->")
    styles = [_leaflet_css(), _colours(), *map(_asset, layout.styles)]
    scripts = [_asset("vendor/leaflet.js")]
    if skeleton.is_extended:
        scripts.append(_asset("marker.js"))
    head = (
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Map</title>\n{_ICON}\n"
        + "".join(_element("style", text) for text in styles)
        + "".join(_element("script", text) for text in scripts)
        + skeleton.head
    )
    body = (
        f"<body{_attributes(facts)}>\n{before}{skeleton.element}{after}{skeleton.body}"
        + json_block("pkzone-payload", payload_json)
        + _element("script", skeleton.script)
        + "".join(_element("script", _asset(name)) for name in layout.scripts)
        + "</body>\n"
    )
    policy = _policy(head + body, extended=skeleton.is_extended)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"{head}</head>\n{body}</html>\n"
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
def _asset(name: str) -> str:
    text = (resources.files("pkzone.maps") / "assets" / name).read_text("utf-8")
    if name.startswith("vendor/") or name.endswith(".html"):
        return text
    return slim_script(text) if name.endswith(".js") else slim_style(text)


def _leaflet_css() -> str:
    """Return Leaflet's stylesheet without its pictures, which would be requests."""
    return slim_style(re.sub(r"url\([^)]*\)", "none", _asset("vendor/leaflet.css")))


def _colours() -> str:
    """Return the colours as CSS variables: the theme chosen, else the device's; light in print."""
    light, dark = (
        "".join(f"--pk-{name}:{value};" for name, value in {**PALETTE[one], **PAGE[one]}.items())
        + f"color-scheme:{one};"
        for one in ("light", "dark")
    )
    return (
        f":root{{{light}}}\n"
        f"@media screen{{:root[data-theme=dark]{{{dark}}}}}\n"
        "@media screen and (prefers-color-scheme:dark)"
        f"{{:root:not([data-theme=light]){{{dark}}}}}"
    )


def _policy(html: str, *, extended: bool) -> str:
    """Return the Content-Security-Policy that allows this page's own scripts and styles.

    A page with the user's own folium objects may load what they link to and use the style
    attributes that they write; scripts stay bound to their hashes.
    """
    found = _Inline(html)
    scripts, styles = " ".join(_hashes(found.scripts)), " ".join(_hashes(found.styles))
    rules = ["default-src 'none'", f"script-src {scripts}", f"style-src {styles}", "img-src data:"]
    if extended:
        rules = [
            "default-src 'none'", f"script-src {scripts} https:",
            "style-src 'unsafe-inline' https:", "img-src data: https:", "font-src https:",
            "connect-src https:",
        ]  # fmt: skip
    return "; ".join([*rules, "base-uri 'none'", "form-action 'none'"])


def _hashes(texts: Iterable[str]) -> list[str]:
    return [
        f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'" for text in texts
    ]


class _Inline(HTMLParser):
    """The inline scripts and styles of a text of HTML, in order; data blocks left out."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self._into: list[str] | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style":
            self._into = self.styles
        elif tag == "script" and "src" not in given and given.get("type") != "application/json":
            self._into = self.scripts
        if self._into is not None and tag in ("script", "style"):
            self._into.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._into = None

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into[-1] += data
