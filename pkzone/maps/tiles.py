"""Check the address and the credit of a background from a tile server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urlsplit

from pkzone.errors import BadOption, did_you_mean, printable

__all__ = ["Background", "background"]

_PART: Final = re.compile(r"\{([^{}]*)\}")
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_HOST: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*(?::[0-9]{{1,5}})?", re.IGNORECASE)
_SIGNS: Final = re.compile(r"[!-~]+")  # visible ASCII: what an address is made of
_FILLED: Final = frozenset({"x", "y", "z", "s", "r"})
_LONGEST: Final = 2000
_ZOOMS: Final = range(30)


@dataclass(frozen=True, slots=True)
class Background:
    """Tiles that lie under the map.

    Attributes
    ----------
    url : str
        ``https`` address with ``{z}``, ``{x}``, ``{y}`` and, if wanted, ``{s}`` and ``{r}``.
    subdomains : tuple of str
        What ``{s}`` stands for.
    credit : tuple of (str, str)
        Pieces of the attribution: a text, and the address that it links to, which may be empty.
    max_zoom : int
        The last zoom that has tiles; beyond it they are enlarged.
    """

    url: str
    subdomains: tuple[str, ...]
    credit: tuple[tuple[str, str], ...]
    max_zoom: int

    @property
    def host(self) -> str:
        """The host as people know it: without what stands for several."""
        return urlsplit(self.url).netloc.replace("{s}.", "").lower()

    @property
    def sources(self) -> tuple[str, ...]:
        """The hosts as the page's policy names them."""
        host = urlsplit(self.url).netloc.lower()
        names = [host.replace("{s}", one) for one in self.subdomains] if "{s}" in host else [host]
        return tuple(f"https://{name}" for name in names)

    def to_dict(self) -> dict[str, Any]:
        """Return the background as plain JSON types, for the page."""
        return {
            "url": self.url,
            "subdomains": list(self.subdomains),
            "host": self.host,
            "credit": [list(piece) for piece in self.credit],
            "max_zoom": self.max_zoom,
        }


def background(tiles: str | Mapping[str, Any], attribution: str | None = None) -> Background:
    """Return the background that an address or a name asks for.

    Parameters
    ----------
    tiles : str or mapping
        An ``https`` template with ``{z}``, ``{x}`` and ``{y}``; or a name that xyzservices
        knows, ``OpenTopoMap``; or one of its providers, which may hold your key.
    attribution : str, optional
        Whom to credit, as plain text. An address needs it; a provider has its own.

    Raises
    ------
    BadOption
        The address is none that a page may load from, there is no such name, the provider
        needs a key or has another projection, or nobody is credited.
    """
    if isinstance(tiles, str) and "://" in tiles:
        return _checked({"url": tiles}, "the address of the tiles", attribution)
    provider = _named(tiles) if isinstance(tiles, str) else tiles
    name = printable(str(provider.get("name", "the provider of tiles")))
    projection = provider.get("crs", "EPSG:3857")
    if projection != "EPSG:3857":
        raise BadOption(
            f"{name}: its tiles are drawn in {printable(str(projection))}; "
            "a page needs those of Web Mercator (EPSG:3857)"
        )
    if provider.get("status") == "broken":
        raise BadOption(f"{name}: xyzservices marks it as broken; choose another")
    return _checked(provider, name, attribution)


def _named(name: str) -> Mapping[str, Any]:
    import xyzservices.providers

    try:
        provider: Mapping[str, Any] = xyzservices.providers.query_name(name)
    except ValueError:
        hint = did_you_mean(name, xyzservices.providers.flatten())
        raise BadOption(
            f"tiles {printable(name)!r}: xyzservices knows no such provider; {hint}"
            "write an https address with {z}, {x} and {y}, or a name such as OpenTopoMap"
        ) from None
    return provider


def _checked(provider: Mapping[str, Any], name: str, attribution: str | None) -> Background:
    url = _filled(provider, name)
    subdomains = tuple(provider.get("subdomains") or "abc")
    _check_address(url, name, subdomains)
    credit: tuple[tuple[str, str], ...] = ((attribution, ""),) if attribution else ()
    credit = (
        credit
        or _pieces(str(provider.get("html_attribution") or ""))
        or _pieces(str(provider.get("attribution") or ""))
    )
    if not credit:
        raise BadOption(
            f"{name}: give the credit of the tiles (--tiles-attribution, tiles_attribution=)"
        )
    zoom = provider.get("max_zoom", 19)
    return Background(url, subdomains, credit, zoom if zoom in _ZOOMS else 19)


def _filled(provider: Mapping[str, Any], name: str) -> str:
    """Return the template with everything filled in but the place of a tile."""

    def fill(match: re.Match[str]) -> str:
        key = match[1]
        if key in _FILLED:
            return match[0]
        value = provider.get(key)
        if "<insert your" in str(value):
            raise BadOption(
                f"{name}: needs a key ({printable(key)}); give the address of its "
                "tiles with your key in it, and --tiles-attribution"
            )
        if not isinstance(value, str | int):
            raise BadOption(
                f"{name}: nothing fills {{{printable(key)}}}; write the address "
                "with {z}, {x} and {y} alone, {s} and {r} if need be"
            )
        return str(value)

    return _PART.sub(fill, str(provider.get("url", "")))


def _check_address(url: str, name: str, subdomains: tuple[str, ...]) -> None:
    """Refuse an address that is not sound, or could widen what the page's policy allows."""

    def refused(reason: str) -> BadOption:
        return BadOption(f"{name}: {reason}")

    if len(url) > _LONGEST or not _SIGNS.fullmatch(url):
        raise refused("write it in visible ASCII characters, 2,000 at most")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise refused(f"{printable(url)!r} is not an address") from None
    if parts.scheme != "https":
        raise refused("tiles are loaded by https only")
    missing = [key for key in "zxy" if f"{{{key}}}" not in f"{parts.path}?{parts.query}"]
    if missing:
        raise refused(f"{printable(url)!r} lacks {{{missing[0]}}}")
    hosts = [parts.netloc.replace("{s}", one) for one in subdomains]
    if not hosts or not all(isinstance(one, str) and _HOST.fullmatch(one) for one in hosts):
        raise refused(
            f"{printable(parts.netloc)!r} is not a host; a name or password has no place in it"
        )


def _pieces(html: str) -> tuple[tuple[str, str], ...]:
    """Return the texts of a piece of HTML, each with the web address that it links to."""
    parser = _Pieces(html)
    return tuple((text, href) for text, href in parser.pieces if text.strip())


class _Pieces(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[tuple[str, str]] = []
        self._href = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._href = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._href = ""

    def handle_data(self, data: str) -> None:
        self.pieces.append((data, self._href))
