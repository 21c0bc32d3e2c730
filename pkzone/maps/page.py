"""Make a map: a folium.Map whose page is one file that needs no network."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import folium
from branca.element import Figure

from pkzone.errors import BadOption
from pkzone.geojson.model import Notice
from pkzone.i18n.messages import LANGUAGES
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.layers.references import refuse_frame
from pkzone.maps import (
    html_document,
    languages,
    packing,
    payload,
    version_diffs,
)
from pkzone.maps.csp import Reach
from pkzone.maps.folium_objects import NetworkWarning, skeleton_of
from pkzone.maps.own_layers import OWN_PALETTE
from pkzone.maps.selection import Reference, Selection, select
from pkzone.maps.style import RECORD_MARKS, RECORD_PALETTE, RULES
from pkzone.maps.tiles import Background
from pkzone.maps.tiles import background as background_of

if TYPE_CHECKING:
    from pkzone.maps.tagged_records import Records

__all__ = ["Map", "map"]

_NOTICE: Final = html_document.Part(styles=("notice.css",))
_TILES: Final = html_document.Part(styles=("tiles.css",))
_CROWD: Final = html_document.Part(script="map-crowd.js")
_RECORDS: Final = html_document.Part(
    script="map-records.js", styles=("records.css",), palette=RECORD_PALETTE
)
_SIMPLIFIED: Final = html_document.Part(styles=("simplified.css",))
_FILES: Final = html_document.Part(styles=("files.css",), palette=OWN_PALETTE)
_OWN_LAYERS: Final = html_document.Part(palette=OWN_PALETTE)
#: How far a map zooms in on records, which may stand close together.
_CLOSE: Final = 18


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
    content : dict
        What `pkzone.maps.payload.build` returns, or `pkzone.maps.diff.payload.build`.
    layout : Layout, optional
        The kind of page that shows it.
    background : Background, optional
        Tiles that lie under the map.
    blocks : mapping of str to dict, optional
        Further data blocks of the page, as plain JSON types by the ids of their elements.

    Attributes
    ----------
    notices : tuple of Notice
        What was odd in the files that are shown.
    """

    def __init__(
        self,
        content: dict[str, Any],
        layout: html_document.Layout = html_document.VERSIONS,
        *,
        background: Background | None = None,
        blocks: Mapping[str, dict[str, Any]] | None = None,
    ) -> None:
        west, south, east, north = content["home"] or (0, 0, 0, 0)
        super().__init__(
            location=[round((south + north) / 2, 6), round((west + east) / 2, 6)],
            zoom_start=8,
            tiles=None,
            control_scale=True,
            zoom_snap=0.25,
            maxZoom=content.get("max_zoom", 14),
        )
        # folium's own lists would be shared by all maps, and link what the page holds.
        self.default_js, self.default_css = [], []
        # branca's ids are random; a fixed one gives the same bytes every time.
        self._id = "pkzone"
        if background:
            texts = languages.script_words("drawing/tiles.js", "panels/notice.js")
            content = languages.with_phrases(content, texts) | {"tiles": background.to_dict()}
        self.content = content
        self.layout = layout
        self.background = background
        self.blocks = dict(blocks or {})
        self.notices: tuple[Notice, ...] = ()
        _Page(self)

    def to_html(self) -> str:
        """Return the page as HTML, the same bytes every time as far as pkzone makes it."""
        return self._document()[0]

    def save(  # type: ignore[override]  # folium's also takes an open file, and no overwrite
        self, path: str | os.PathLike[str], overwrite: bool = True
    ) -> None:
        """Write the page to a file, whole or not at all.

        Parameters
        ----------
        path : str or os.PathLike
            Where to write.
        overwrite : bool, default True
            Whether an existing file may be replaced.

        Raises
        ------
        OutputError
            The file exists and may not be replaced, or cannot be written.

        Warns
        -----
        NetworkWarning
            Something that was added to the map is loaded from elsewhere.
        """
        from pkzone.files import atomic

        html, hosts = self._document()
        atomic.write_bytes(Path(path), html.encode("utf-8"), overwrite=overwrite)
        if hosts:
            message = f"{path} needs the network: parts of it are loaded from {', '.join(hosts)}"
            warnings.warn(message, NetworkWarning, stacklevel=2)

    def _repr_html_(self, **_: Any) -> str:
        """Return the page in a frame, for notebooks."""
        page = escape(self.to_html(), quote=True)
        return (
            f'<iframe srcdoc="{page}" title="Map" width="100%" height="600" frameborder="0" '
            "allowfullscreen></iframe>"
        )

    def _document(self) -> tuple[str, tuple[str, ...]]:
        """Return the page, and the hosts that additions of the user's are loaded from."""
        skeleton = skeleton_of(self)
        language = self.content["language"]
        content, layout, hosts = self.content, self.layout, skeleton.hosts
        facts = {
            name: content[key] for name, key in layout.facts.items() if content[key] is not None
        }
        if hosts:
            facts["needs"] = " ".join(hosts)
            content = languages.with_phrases(content, languages.script_words("panels/notice.js"))
        reaches_out = bool(hosts or self.background)
        if reaches_out:
            layout = layout.plus(_NOTICE)
        if self.background:
            layout = layout.plus(_TILES)
        html = html_document.assemble(
            layout,
            skeleton,
            packing.to_json(packing.pack(content)).decode(),
            facts,
            language=language if language in LANGUAGES else "en",
            reaches_out=reaches_out,
            reach=Reach(images=self.background.sources if self.background else ()),
            blocks={name: packing.to_json(one).decode() for name, one in self.blocks.items()},
        )
        return html, skeleton.hosts


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
        What the map is called; else as the catalogue is, or as the files are.
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

    Raises
    ------
    BadReference
        A reference is malformed, or a layer or file is named twice.
    BadDate, LayerNotFound, VersionNotFound
        There is no such date, layer or version, or nothing is in force on ``on``.
    BadOption
        The catalogue does not list the language; a day is named for
        files alone; the tiles cannot be had; the comparisons are too many for one page; the
        distance to simplify by is none.
    MapTooLarge
        There are more features at once than a page draws, or more records; saving raises it
        where there is more data than a page opens with.
    ColumnError, FormatError
        The tagged table has not the columns of one, or cannot be read.
    CatalogueError, HashMismatch, GeoJSONError
        The catalogue is damaged, or a file is missing or refused.
    """
    refuse_frame(refs, located=True)  # a frame is an iterable too: of the names of its columns
    is_single = isinstance(refs, str | os.PathLike) or hasattr(refs, "columns")
    wanted = cast("Iterable[Reference]", (refs,) if is_single else refs)
    background = background_of(tiles, tiles_attribution) if tiles is not None else None
    source = (open_catalogue() if catalogue is None else catalogue).cached()
    selection = select(source, wanted, on)
    # First, so that a table that is refused is refused at once.
    records, blocks = _records(tagged, selection, source, lon, lat)
    content = payload.build(
        source,
        selection,
        lang,
        title=title,
        simplify_m=simplify_m,
        compare=compare,
        progress=progress,
    )
    if records is not None:
        content = _with_records(content, records, selection if on is None else None)
    layout = _layout(content, selection, has_records=records is not None)
    page = Map(content, layout, background=background, blocks=blocks)
    page.notices = tuple(notice for file in selection.files for notice in file.notices)
    page.notices += records.notices if records else ()
    return page


def _records(
    tagged: Any, selection: Selection, source: Catalogue, lon: str | None, lat: str | None
) -> tuple[Records | None, dict[str, dict[str, Any]] | None]:
    """Return the records of a tagged table and the data blocks that hold them; none of none."""
    if tagged is None:
        if lon is not None or lat is not None:
            raise BadOption(
                "lon and lat name columns of a tagged table; give one, or leave them out"
            )
        return None, None
    from pkzone.maps import tagged_records

    names = [one.layer.name for one in selection.layers if not one.is_base]
    records = tagged_records.read(tagged, names, source, lon=lon, lat=lat)
    return records, tagged_records.blocks_of(records, source)


def _layout(
    content: Mapping[str, Any], selection: Selection, *, has_records: bool
) -> html_document.Layout:
    """Return the layout with the parts that this page needs."""
    layout = html_document.VERSIONS
    for part, is_needed in (
        (_OWN_LAYERS, any(one.layer.name not in RULES for one in selection.layers)),
        (_FILES, selection.files),
        (_CROWD, content["canvas"]),
        (_RECORDS, has_records),
        (_SIMPLIFIED, content["simplified_m"]),
    ):
        layout = layout.plus(part) if is_needed else layout
    return layout


def _with_records(
    content: dict[str, Any], records: Records, selection: Selection | None
) -> dict[str, Any]:
    """Return a page's content with what showing records takes; a selection is opened by them."""
    day = records.opening(selection) if selection else None
    opened = {"on": day.isoformat()} if day else {}
    labels = (mark["label"] for mark in RECORD_MARKS)
    texts = (*labels, *languages.script_words("records/list.js"))
    return languages.with_phrases(content, texts) | {"max_zoom": _CLOSE} | opened
