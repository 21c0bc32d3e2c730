"""Show a page as a folium.Map, to which a user adds objects, and find what these load."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from html import escape
from typing import Any, Final, cast

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink

from pkzone.layers.catalogue import Catalogue
from pkzone.maps import html_document, version_diffs
from pkzone.maps.csp import Reach, elements_of, source
from pkzone.maps.html_document import Skeleton
from pkzone.maps.page import Page, page_of
from pkzone.maps.selection import Reference
from pkzone.stories.model import GivenStory

__all__ = ["Map", "NetworkWarning", "map", "skeleton_of"]

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


class _Page(Figure):
    """The figure round a map: rendering it, however it is reached, gives the whole page."""

    def __init__(self, owner: Map) -> None:
        super().__init__()
        self._owner = owner
        self.add_child(owner)

    def render(self, **_: Any) -> str:
        return self._owner.to_html()


class Map(folium.Map):
    """A map of versioned layers on a page of its own.

    The page holds every version, opens from disk and makes no request. folium renders only
    numbers here (centre, zoom); the layers reach the page as data, after folium is done.
    Objects of folium may be added as to any ``folium.Map``. Markers, popups, tooltips, shapes,
    GeoJson, feature groups and the layer control need no network either; a plugin, an icon
    with a sign or a tile layer does. Such a page names the hosts that it loads from, `save`
    warns, and its policy allows the addresses that the objects name, nothing else.

    Parameters
    ----------
    page : Page
        The page that shows it.

    Attributes
    ----------
    notices : tuple of Notice
        What was odd in the files that are shown.
    """

    def __init__(self, page: Page) -> None:
        super().__init__(
            location=page.middle,
            zoom_start=html_document.ZOOM,
            tiles=None,
            control_scale=True,
            zoom_snap=html_document.ZOOM_SNAP,
            maxZoom=page.max_zoom,
        )
        # folium's own lists would be shared by all maps, and link what the page holds.
        self.default_js, self.default_css = [], []
        # branca's ids are random; a fixed one gives the same bytes every time.
        self._id = html_document.MAP_ID
        self.page = page
        self.content = page.content
        self.notices = page.notices
        _Page(self)

    def to_html(self) -> str:
        """Return the page as HTML, the same bytes every time as far as pkzone makes it."""
        return self.page.to_html(skeleton_of(self))

    def save(  # type: ignore[override]  # folium's also takes an open file, and no overwrite
        self,
        path: str | os.PathLike[str],
        overwrite: bool = True,
        *,
        assets: str | os.PathLike[str] | None = None,
        image: bytes | None = None,
    ) -> None:
        """Write the page to a file, whole or not at all.

        Parameters
        ----------
        path : str or os.PathLike
            Where to write.
        overwrite : bool, default True
            Whether an existing file may be replaced.
        assets : str or os.PathLike, optional
            A folder for the scripts and styles, for a site that allows none inline; made if it is
            not there. What folium puts into the head and the body of a page stays there.
        image : bytes, optional
            A PNG of 1200 x 630 pixels, such as `pkzone.pictures.preview` makes. It is written
            beside the page, whose address makes it the picture of the page's previews.

        Raises
        ------
        OutputError
            A file exists and may not be replaced, or cannot be written.
        BadOption
            The folder lies on another drive than the page.

        Warns
        -----
        NetworkWarning
            Something that was added to the map is loaded from elsewhere.
        """
        skeleton = skeleton_of(self)
        self.page.save(path, overwrite=overwrite, assets=assets, picture=image, skeleton=skeleton)
        if hosts := skeleton.hosts:
            message = f"{path} needs the network: parts of it are loaded from {', '.join(hosts)}"
            warnings.warn(message, NetworkWarning, stacklevel=2)

    def _repr_html_(self, **_: Any) -> str:
        """Return the page in a frame, for notebooks: low enough for the layout of small frames."""
        page = escape(self.to_html(), quote=True)
        return (
            f'<iframe srcdoc="{page}" title="Map" width="100%" height="560" frameborder="0" '
            "allowfullscreen></iframe>"
        )


def map(  # noqa: A001 - read as pkzone.map
    refs: Reference | Iterable[Reference] = (),
    *,
    on: str | date | None = None,
    catalogue: Catalogue | None = None,
    lang: str | None = None,
    title: str | None = None,
    tiles: str | Mapping[str, Any] | None = None,
    tiles_attribution: str | None = None,
    compare: str | None = None,
    progress: version_diffs.Progress | None = None,
    simplify_m: float | None = None,
    tagged: Any = None,
    lon: str | None = None,
    lat: str | None = None,
    embed: bool = False,
    address: str | None = None,
    languages: str | Iterable[str] | None = None,
    story: GivenStory = None,
    color_by: str | None = None,
    label: str | None = None,
    time: str | None = None,
    time_end: str | None = None,
) -> Map:
    """Return a map of layers with a slider over their versions.

    Parameters
    ----------
    refs : str, os.PathLike or GeoDataFrame, or an iterable of these
        ``LAYER`` shows a layer in all its versions, ``LAYER@VERSION`` or ``LAYER@DATE``
        fixes it to that one; none means every layer. A path to any GeoJSON file, ``-`` for
        standard input, or a frame in EPSG:4326 shows that. Boundaries, rivers and lakes are
        added, under nothing but files only where these lie in them.
    on : str or datetime.date, optional
        The day the map opens on; else the catalogue's default date, else its newest version.
    catalogue : Catalogue, optional
        Where the layers are; the shipped catalogue by default.
    lang : str, optional
        The language the map opens in: English, or one that the catalogue lists. Where that is
        none of ``en``, ``az``, ``hy`` and ``ru``, names are in it and all other words in English.
        The reader can choose another on the page.
    title : str, optional
        What the map is called; else as its story is, the catalogue, the one layer shown, or the
        files.
    tiles, tiles_attribution : optional
        A background, and whom to credit for it: see `pkzone.maps.tiles.background`. Without
        it the page makes no request.
    compare : str, optional
        Whose differences are measured, so that the page can show them: ``consecutive``
        versions (the default, unless it takes long), ``all`` or ``none``.
    progress : callable, optional
        Is called with the number of comparisons done, and of all.
    simplify_m : float, optional
        Draw lines and areas with fewer vertices: none left out lies farther than this many
        metres from the line drawn. The page says so. For maps that are too large otherwise.
    tagged : str, os.PathLike, DataFrame, GeoDataFrame or Tagged, optional
        A table that `pkzone.tag` made, or what it returned: its records are drawn by what was
        answered, each with the state that was in force on its date. Without ``on`` the map then
        opens on the first state that has records, if the one of its own day has none.
    lon, lat : str, optional
        Columns of longitude and latitude in it; else its geometry, or the only ones that fit.
    embed : bool, default False
        Open in the layout for small frames, however large the window is: the title, the map and
        its slider, all else behind a button. ``#embed=0`` in the address gives the full page.

    address : str, optional
        Where the page will lie on the web, as ``https://example.org/map.html``. It then names this
        address to those who preview a link to it, and gives a code to embed it.
    languages : str or iterable of str, optional
        The languages that the reader can choose: ``"en,ru"`` or ``["en", "ru"]``; all that the
        catalogue lists by default. The map opens in the first of them, if not in `lang`.
    story : str, os.PathLike, mapping or True, optional
        A guided story: its file, its value as JSON has it, or True for ``story.json`` of the
        catalogue. Translations stand beside its file.
    color_by : str, optional
        A property of files that their features are coloured by: a colour for each of its values,
        or for classes of numbers; the legend says which, and how many features have it.
    label : str, optional
        A property of files that names their features; by default ``name``, ``title`` or ``label``.
    time, time_end : str, optional
        Properties of files with dates, which put their features on the slider: from the day of
        the one to the day before that of the other. Features without a date are not on the map.

    Raises
    ------
    BadReference
        A reference is malformed, or a layer or file is named twice.
    BadDate, LayerNotFound, VersionNotFound
        There is no such date, layer or version, or nothing is in force on ``on``; a property of
        a file that is to have dates has something else.
    BadOption
        The catalogue does not list a language; a day is named for files without dates; no file
        has a property that is named; the tiles
        cannot be had; the address is none; the comparisons are too many for one page; the
        distance to simplify by is none.
    MapTooLarge
        There are more features at once than a page draws, or more records; saving raises it
        where there is more data than a page opens with.
    ColumnError, FormatError
        The tagged table has not the columns of one, or cannot be read.
    StoryError
        The story is none, or the catalogue does not have what a stop of it names.
    CatalogueError, HashMismatch, GeoJSONError
        The catalogue is damaged, or a file is missing or refused.
    """
    return Map(
        page_of(
            refs,
            on=on,
            catalogue=catalogue,
            lang=lang,
            title=title,
            tiles=tiles,
            tiles_attribution=tiles_attribution,
            compare=compare,
            progress=progress,
            simplify_m=simplify_m,
            tagged=tagged,
            lon=lon,
            lat=lat,
            embed=embed,
            address=address,
            color_by=color_by,
            label=label,
            time=time,
            time_end=time_end,
            languages=languages,
            story=story,
        )
    )


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
    finally:  # what is rendered again must not occur twice
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
    return tuple(dict.fromkeys(one for address in addresses if (one := source(address))))


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
