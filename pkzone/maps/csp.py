"""Write the Content-Security-Policy of a page: its own scripts and styles by hash, no more.

What a page must load from elsewhere is listed address by address; a page of one file lists
nothing, and so can make no request at all.
"""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urlsplit

__all__ = ["NOWHERE", "Element", "Reach", "elements_of", "policy", "source"]

# What may stand in a source expression; anything else is left to the host alone.
_PATH: Final = re.compile(r"/[\w.~!$&'()*+=:@%/-]*", re.ASCII)
_HOST: Final = re.compile(r"(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Reach:
    """Allowances of a page beyond its own scripts and styles: none by default.

    Attributes
    ----------
    scripts, styles, images, data : tuple of str
        Source expressions of the policy; ``data`` are what scripts may fetch, fonts and media.
    style_attributes, frames : bool
        Whether HTML may carry ``style``, and frames of a ``data:`` address.
    """

    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    style_attributes: bool = False
    frames: bool = False

    def __or__(self, other: Reach) -> Reach:
        both: dict[str, Any] = {
            name: tuple(dict.fromkeys(own + more)) if isinstance(own, tuple) else own or more
            for (name, own), more in zip(asdict(self).items(), astuple(other), strict=True)
        }
        return Reach(**both)


@dataclass(slots=True)
class Element:
    """An element of HTML: its attributes, and the text of a script or style."""

    attributes: dict[str, str]
    text: str = ""


#: The reach of a page that makes no request.
NOWHERE: Final = Reach()


def source(address: str) -> str | None:
    """Return the source expression that allows one address, or none if it is no web address.

    Examples
    --------
    >>> source("https://cdn.example.org/a.js?v=1")
    'https://cdn.example.org/a.js'
    """
    try:
        parts = urlsplit(address)
        host = parts.netloc.lower()
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return None
    path = parts.path if _PATH.fullmatch(parts.path) else ""
    return f"{parts.scheme}://{host}{path}"


def policy(html: str, reach: Reach, unpacked: Sequence[str] = ()) -> str:
    """Return the policy that allows the inline scripts and styles of a page, and its reach.

    Parameters
    ----------
    html : str
        Head and body of the page; event handlers in its tags stay forbidden.
    reach : Reach
        What it may load from elsewhere.
    unpacked : sequence of str, optional
        Scripts that the page unpacks and puts into itself.
    """
    elements = elements_of(html)
    scripts = [
        script.text
        for script in elements["script"]
        if "src" not in script.attributes and script.attributes.get("type") != "application/json"
    ]
    styles = [style.text for style in elements["style"]]
    rules = [
        ("default-src", ["'none'"]),
        ("script-src", [*_hashes([*scripts, *unpacked]), *reach.scripts]),
        ("style-src", [*_hashes(styles), *reach.styles]),
        ("style-src-attr", ["'unsafe-inline'"] if reach.style_attributes else []),
        ("img-src", ["data:", *reach.images]),
        *((f"{one}-src", list(reach.data)) for one in ("connect", "font", "media")),
        ("frame-src", ["data:"] if reach.frames else []),
        ("base-uri", ["'none'"]),
        ("form-action", ["'none'"]),
    ]
    return "; ".join(" ".join([name, *values]) for name, values in rules if values)


def _hashes(texts: Iterable[str]) -> list[str]:
    return [
        f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'" for text in texts
    ]


def elements_of(html: str) -> Mapping[str, Sequence[Element]]:
    """Return the elements of a text of HTML by their names, in order."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.elements


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: defaultdict[str, list[Element]] = defaultdict(list)
        self._open: Element | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element({name: value or "" for name, value in attrs})
        self.elements[tag].append(element)
        self._open = element if tag in self.CDATA_CONTENT_ELEMENTS else None

    def handle_endtag(self, tag: str) -> None:
        self._open = None

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open.text += data
