"""Render what folium adds to a page, the user's objects included, and find what they load."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, cast

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink

from pkzone.maps.csp import Reach, elements_of, source
from pkzone.maps.html_document import Skeleton

__all__ = ["NetworkWarning", "skeleton_of"]

# What folium links for every map. Leaflet is in the page, which also makes popups and pins
# itself, so that most objects need nothing else; some need the one or the other.
_LINKS: Final[dict[str, str]] = {
    name: (JavascriptLink(url) if url.endswith(".js") else CssLink(url)).render().strip()
    for name, url in (*folium.folium._default_js, *folium.folium._default_css)
    if not name.startswith("leaflet")
}
_JQUERY: Final = re.compile(r"\bjQuery\b|\$\.\w|\$\((?!`)")
_ADDRESS: Final = re.compile(r"https?://[^\s\"'`<>\\]+")
_LOADED: Final = re.compile(r"""\bsrc\s*=\s*\\?["']?(https?://[^\s"'`<>\\]+)""")
_PART: Final = re.compile(r"\{[^}]*\}")


class NetworkWarning(UserWarning):
    """A page that is saved needs the network, for something that was added to it."""


def skeleton_of(page: folium.Map) -> Skeleton:
    """Return what folium renders of a map and of whatever was added to it.

    Parameters
    ----------
    page : folium.Map
        A map in a figure of its own.

    Notes
    -----
    branca compiles a script that it has rendered as a template once more, so that braces in
    the properties of a user's GeoJson would run as Python; here finished texts stay as they
    are. What an object may load is bound by the addresses that it names.
    """
    own = page.get_name()
    figure = cast(Figure, page.get_root())
    sections = (figure.header, figure.html, figure.script)
    before = [one._children.copy() for one in sections]
    try:
        for child in list(figure._children.values()):
            child.render()
        element = figure.html._children[own].render().strip() + "\n"
        script = figure.script._children[own].render()
        head, body, scripts = (
            _texts(one, one._children.keys() - kept.keys(), {own, "meta_http"})
            for one, kept in zip(sections, before, strict=True)
        )
    finally:  # what is rendered again must not stand there twice
        for one, kept in zip(sections, before, strict=True):
            one._children = kept
    links = _library_links(page, "".join([*head, *body]), "".join(scripts))
    head_html = "".join(f"{one}\n" for one in links) + "".join(head)
    if not (scripts or head_html.strip() or "".join(body).strip()):
        return Skeleton(element, script)
    elements = elements_of(head_html + "".join(body))
    scripts_given = [one.attributes for one in elements["script"]]
    links_given = [one.attributes for one in elements["link"]]
    linked_scripts = [given["src"] for given in scripts_given if "src" in given]
    linked_styles = [
        given.get("href", "")
        for given in links_given
        if "stylesheet" in given.get("rel", "").split()
    ]
    whole = "\n".join([head_html, *body, *scripts])
    return Skeleton(
        element,
        script,
        head=head_html,
        body="".join(body),
        added=tuple(scripts),
        reach=_reach(linked_scripts, linked_styles, whole),
        hosts=_hosts([*linked_scripts, *linked_styles, *_loaded_addresses(page, whole)]),
        is_extended=True,
    )


def _tree(element: Element) -> Iterator[Element]:
    """Yield an element and all that it holds, as child or otherwise: a popup its HTML."""
    seen: set[int] = set()
    waiting = [element]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        held = [value for name, value in vars(one).items() if name != "_parent"]
        waiting += [
            value for value in (*one._children.values(), *held) if isinstance(value, Element)
        ]


def _texts(section: Element, made: set[str], without: set[str]) -> list[str]:
    """Return the texts of a section of the figure; one that an object rendered is finished."""
    return [
        str(child._template_str) if type(child) is Element and name in made else child.render()
        for name, child in section._children.items()
        if name not in without
    ]


def _library_links(page: folium.Map, html: str, script: str) -> list[str]:
    """Return the links of folium's helper libraries that something on the page uses."""
    names = set()
    if _JQUERY.search(script):
        names.add("jquery")
    if "AwesomeMarkers" in script:
        names |= {one for one in _LINKS if one.startswith(("awesome", "glyphicons"))}
    if any(
        type(one).__module__.partition(".")[0] not in ("folium", "branca", "pkzone")
        for one in _tree(page)
    ):
        names |= set(_LINKS)  # another's class may use whatever folium links
    return [link for name, link in _LINKS.items() if name in names and link not in html]


def _reach(scripts: Iterable[str], styles: Iterable[str], whole: str) -> Reach:
    hosts = {_host_source(one) for one in _ADDRESS.findall(whole)}
    known = tuple(sorted(one for one in hosts if one))
    return Reach(
        scripts=_sources(scripts),
        styles=_sources(styles),
        images=known,
        data=known,
        style_attributes=True,
        frames="<iframe" in whole,
    )


def _host_source(address: str) -> str | None:
    """Return the host of an address as a source; ``{s}`` in it stands for any one."""
    scheme, _, rest = address.partition("://")
    host = re.split(r"[/?#]", _PART.sub("*", rest), maxsplit=1)[0]
    return source(f"{scheme}://{host}")


def _sources(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in map(source, addresses) if one))


def _hosts(addresses: Iterable[str]) -> tuple[str, ...]:
    sources = {_host_source(one) for one in addresses}
    return tuple(sorted({one.partition("://")[2].removeprefix("*.") for one in sources if one}))


def _loaded_addresses(page: folium.Map, whole: str) -> Iterator[str]:
    """Yield the addresses that objects load: pictures in their HTML, tiles, icons, data."""
    yield from _LOADED.findall(whole)
    for element in _tree(page):
        values: dict[str, Any] = dict(vars(element))
        options = values.pop("options", None)
        if isinstance(options, dict):
            values |= {f"options {name}": value for name, value in options.items()}
        for name, value in values.items():
            if "attr" not in name and isinstance(value, str) and _ADDRESS.fullmatch(value):
                yield value
