"""Write the Content-Security-Policy of a page: its own scripts and styles by hash, no more.

What a page must load from elsewhere is listed address by address; a page of one file lists
nothing, and so can make no request at all.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

__all__ = ["NOWHERE", "Reach", "policy", "source"]

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
        return Reach(
            scripts=_both(self.scripts, other.scripts),
            styles=_both(self.styles, other.styles),
            images=_both(self.images, other.images),
            data=_both(self.data, other.data),
            style_attributes=self.style_attributes or other.style_attributes,
            frames=self.frames or other.frames,
        )


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
    inline = _Inline(html)
    rules = [
        ("default-src", ["'none'"]),
        ("script-src", [*_hashes([*inline.scripts, *unpacked]), *reach.scripts]),
        ("style-src", [*_hashes(inline.styles), *reach.styles]),
        ("style-src-attr", ["'unsafe-inline'"] if reach.style_attributes else []),
        ("img-src", ["data:", *reach.images]),
        *((f"{one}-src", list(reach.data)) for one in ("connect", "font", "media")),
        ("frame-src", ["data:"] if reach.frames else []),
        ("base-uri", ["'none'"]),
        ("form-action", ["'none'"]),
    ]
    return "; ".join(" ".join([name, *values]) for name, values in rules if values)


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one + other))


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
