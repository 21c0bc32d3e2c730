"""Make the page of a map: one file that needs no network."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote

from pkzone.errors import BadOption
from pkzone.files import atomic
from pkzone.geojson.model import Notice
from pkzone.i18n.messages import LANGUAGES
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.layers.references import refuse_frame
from pkzone.maps import (
    head,
    html_document,
    languages,
    packing,
    payload,
    version_diffs,
)
from pkzone.maps.csp import Reach
from pkzone.maps.file_looks import CLASS_PALETTE
from pkzone.maps.own_layers import OWN_PALETTE, FileOptions
from pkzone.maps.selection import Reference, Selection, select
from pkzone.maps.style import RECORD_MARKS, RECORD_PALETTE, RULES
from pkzone.maps.tiles import Background
from pkzone.maps.tiles import background as background_of
from pkzone.stories.model import GivenStory, open_story

if TYPE_CHECKING:
    from pkzone.maps.tagged_records import Records

__all__ = ["Page", "listed", "page_of"]

_NOTICE: Final = html_document.Part(styles=("notice.css",))
_TILES: Final = html_document.Part(styles=("tiles.css",))
_CROWD: Final = html_document.Part(script="map-crowd.js")
_RECORDS: Final = html_document.Part(
    script="map-records.js", styles=("records.css",), palette=RECORD_PALETTE
)
_STORY: Final = html_document.Part(script="map-story.js", styles=("story.css",))
#: With records, too.
_STORY_RECORDS: Final = html_document.Part(script="map-story-records.js")
_SIMPLIFIED: Final = html_document.Part(styles=("simplified.css",))
_FILES: Final = html_document.Part(styles=("files.css",), palette=OWN_PALETTE)
_CLASSES: Final = html_document.Part(palette=CLASS_PALETTE)
_OWN_LAYERS: Final = html_document.Part(palette=OWN_PALETTE)
#: How far a map zooms in on records, which may stand close together.
_CLOSE: Final = 18


class Page:
    """A page of one file: its data, and the layout that shows it.

    It holds every version, opens from disk and makes no request, unless it has a background.

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
    notices : tuple of Notice, optional
        What was odd in the files that are shown.
    shown : tuple of Catalogue and Selection, optional
        What the map is made of.
    """

    def __init__(
        self,
        content: dict[str, Any],
        layout: html_document.Layout = html_document.VERSIONS,
        *,
        background: Background | None = None,
        blocks: Mapping[str, dict[str, Any]] | None = None,
        notices: tuple[Notice, ...] = (),
        shown: tuple[Catalogue, Selection] | None = None,
    ) -> None:
        if background:
            texts = languages.script_words("drawing/tiles.js", "panels/notice.js")
            content = languages.with_phrases(content, texts) | {"tiles": background.to_dict()}
        self.content = content
        self.layout = layout
        self.background = background
        self.blocks = dict(blocks or {})
        self.notices = notices
        self.shown = shown

    @property
    def middle(self) -> list[float]:
        """Latitude and longitude that the map is centred on before the page sets its extent."""
        west, south, east, north = self.content["home"] or (0, 0, 0, 0)
        return [round((south + north) / 2, 6), round((west + east) / 2, 6)]

    @property
    def max_zoom(self) -> int:
        """The last zoom."""
        zoom: int = self.content.get("max_zoom", 14)
        return zoom

    def to_html(
        self,
        skeleton: html_document.Skeleton | None = None,
        *,
        outside: html_document.Outside | None = None,
        picture: str | None = None,
    ) -> str:
        """Return the page as HTML, the same bytes every time.

        Parameters
        ----------
        skeleton : Skeleton, optional
            What folium rendered of the map and of a user's objects on it; by default what it
            renders of an empty map.
        outside : Outside, optional
            What takes its scripts and styles; by default it has them.
        picture : str, optional
            Name of the picture that lies beside it, as in an address.
        """
        skeleton = skeleton or html_document.empty_map(self.middle, self.max_zoom)
        language = self.content["language"]
        content, layout = self.content, self.layout
        facts = {
            name: content[key] for name, key in layout.facts.items() if content.get(key) is not None
        }
        if skeleton.hosts:
            facts["needs"] = " ".join(skeleton.hosts)
            content = languages.with_phrases(content, languages.script_words("panels/notice.js"))
        reaches_out = bool(skeleton.hosts or self.background)
        if reaches_out:
            layout = layout.plus(_NOTICE)
        if self.background:
            layout = layout.plus(_TILES)
        return html_document.assemble(
            layout,
            skeleton,
            packing.to_json(packing.pack(content)).decode(),
            facts,
            about=head.head_of(content, picture),
            language=language if language in LANGUAGES else "en",
            reaches_out=reaches_out,
            reach=Reach(images=self.background.sources if self.background else ()),
            blocks={name: packing.to_json(one).decode() for name, one in self.blocks.items()},
            outside=outside,
        )

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        overwrite: bool,
        assets: str | os.PathLike[str] | None = None,
        picture: bytes | None = None,
        skeleton: html_document.Skeleton | None = None,
    ) -> tuple[dict[str, bytes], dict[str, bytes]]:
        """Write the page and what lies beside it, all or nothing.

        Parameters
        ----------
        path : str or os.PathLike
            Where to write it.
        overwrite : bool
            Whether existing files may be replaced.
        assets : str or os.PathLike, optional
            The folder for its scripts and styles; made if it is not there.
        picture : bytes, optional
            A PNG, which gets the name of the page.
        skeleton : Skeleton, optional
            As for `to_html`.

        Returns
        -------
        tuple of dict
            The page and its picture, and the files in the folder: the content of each by its path.

        Raises
        ------
        OutputError
            A file exists and may not be replaced, or cannot be written.
        """
        page = Path(path)
        outside = None if assets is None else html_document.Outside(_link(assets, page.parent))
        image = page.with_suffix(".png")
        name = None if picture is None else quote(os.fsencode(image.name))
        html = self.to_html(skeleton, outside=outside, picture=name)
        files = {str(page): html.encode("utf-8", "backslashreplace")}
        if picture is not None:
            files[str(image)] = picture
        if outside is None or assets is None:
            atomic.write_files(files, overwrite=overwrite)
            return files, {}
        within = {str(Path(assets, name)): data for name, data in outside.files.items()}
        with atomic.folder_for(assets):
            new = {name: data for name, data in within.items() if not _holds(name, data)}
            atomic.write_files(new | files, overwrite=overwrite)
        return files, within


def _link(folder: str | os.PathLike[str], start: Path) -> str:
    """Return the relative address of a folder, as a page in another folder names it."""
    try:
        way = os.path.relpath(folder, start)
    except ValueError:
        raise BadOption("scripts and styles lie on the same drive as their page") from None
    return quote(os.fsencode(way.replace(os.sep, "/"))) + "/"


def _holds(path: str, data: bytes) -> bool:
    """Tell whether a file is there with this very content: another page wrote it."""
    try:
        return Path(path).read_bytes() == data
    except OSError:
        return False


def page_of(
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
) -> Page:
    """Return the page of a map of layers with a slider over their versions; see `pkzone.map`."""
    refuse_frame(refs, located=True)  # a frame is an iterable too: of the names of its columns
    is_single = isinstance(refs, str | os.PathLike) or hasattr(refs, "columns")
    wanted = cast("Iterable[Reference]", (refs,) if is_single else refs)
    background = background_of(tiles, tiles_attribution) if tiles is not None else None
    placed = {} if address is None else {"address": head.check_address(address)}
    source = (open_catalogue() if catalogue is None else catalogue).cached()
    selection = select(source, wanted, on, FileOptions(color_by, label, time, time_end))
    # First, so that a table that is refused is refused at once.
    records, blocks = _records(tagged, selection, source, lon, lat)
    content = payload.build(
        source,
        selection,
        lang,
        story=open_story(story, source) if story is not None and story is not False else None,
        title=title,
        simplify_m=simplify_m,
        wanted=listed(languages),
        compare=compare,
        progress=progress,
    )
    if records is not None:
        content = _with_records(content, records, selection if on is None else None)
    if embed:
        content["embed"] = "1"
    content |= placed
    layout = _layout(content, selection, has_records=records is not None)
    notices = [notice for file in selection.files for notice in file.notices]
    notices += records.notices if records else ()
    return Page(
        content,
        layout,
        background=background,
        blocks=blocks,
        notices=tuple(notices),
        shown=(source, selection),
    )


def listed(languages: str | Iterable[str] | None) -> list[str] | None:
    """Return languages that stand with commas between, or one by one."""
    if isinstance(languages, str):
        return [code.strip() for code in languages.split(",")]
    return None if languages is None else list(languages)


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
        (_CLASSES, any(one.looks and one.looks.heading for one in selection.files)),
        (_CROWD, content["canvas"]),
        (_RECORDS, has_records),
        (_STORY, "story" in content),
        (_STORY_RECORDS, has_records and "story" in content),
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
