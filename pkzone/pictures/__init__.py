"""Pictures of layers and differences: PNG, SVG and PDF, without a browser or the network."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pkzone.compare.result import Diff
from pkzone.errors import BadOption, BadReference, MissingExtra, did_you_mean, printable
from pkzone.i18n.messages import LANGUAGES, names_only
from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.maps.own_layers import FileOptions
from pkzone.maps.style import PALETTE

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue
    from pkzone.maps.page import Page
    from pkzone.pictures.canvas import Canvas
    from pkzone.pictures.histogram import Histogram
    from pkzone.pictures.map_content import Content
    from pkzone.pictures.story_content import StoryContent
    from pkzone.stories.model import GivenStory

__all__ = ["FORMS", "Picture", "check_story_form", "form_of", "picture", "preview"]

#: What a picture can be written as; the extension of the file name decides.
FORMS: Final = ("png", "svg", "pdf")
THEMES: Final = tuple(PALETTE)
_LONGEST_TITLE: Final = 500
_WIDTHS_CM: Final = (6.0, 200.0)
_WIDTH_CM: Final = 18.0
_STORY_WIDTH_CM: Final = 21.0
_LARGEST_PX: Final = 20_000


@dataclass(frozen=True)
class Picture:
    """A map or a count on a page, ready to be written; `picture` makes one.

    Attributes
    ----------
    content : Content, Histogram or StoryContent
        What it shows.
    width_cm, dpi : float
        Width of the page, and pixels an inch of a PNG. The height follows.
    language, theme : str
        Language of the words, ``light`` or ``dark``.
    is_preview : bool
        Whether the page has the shape of a preview of a link.
    """

    content: Content | Histogram | StoryContent = field(repr=False)
    width_cm: float = _WIDTH_CM
    dpi: float = 200.0
    language: str = "en"
    theme: str = "light"
    is_preview: bool = False

    def __post_init__(self) -> None:
        _check(self.theme, THEMES, "theme")
        low, high = _WIDTHS_CM
        if not low <= self.width_cm <= high:  # not a number is out of range too
            raise BadOption(
                f"a width of {self.width_cm:g} cm is out of range; use {low:g} to {high:g}"
            )
        if not (math.isfinite(self.dpi) and self.dpi > 0):
            raise BadOption(f"{self.dpi:g} dpi make no picture; use a number above 0")

    @property
    def notices(self) -> tuple[str, ...]:
        """Return what is left out and why, for people; letters that lack are known once drawn."""
        note = names_only(self.language)
        return (*self.content.notices, note) if note else self.content.notices

    def to_bytes(self, form: str = "png") -> bytes:
        """Return the picture as a file, the same bytes every time.

        Parameters
        ----------
        form : str, optional
            ``png``, ``svg`` or ``pdf``.

        Raises
        ------
        MissingExtra
            matplotlib is not installed.
        BadOption
            There is no such form, or a PNG would be too large.
        TooWide
            What is shown spans more than half the earth.
        """
        return self.render(form)[0]

    def render(self, form: str) -> tuple[bytes, tuple[str, ...]]:
        """Return the file and all notices; see `to_bytes`."""
        _check(form, FORMS, "form")
        _require_matplotlib()
        from pkzone.pictures import canvas
        from pkzone.pictures.histogram import Histogram, HistogramPage
        from pkzone.pictures.multiples_content import Multiples
        from pkzone.pictures.multiples_page import MultiplesPage
        from pkzone.pictures.page import MapPage
        from pkzone.pictures.preview_page import PreviewPage
        from pkzone.pictures.story_content import StoryContent

        content, look = self.content, (self.width_cm, self.theme, self.language)
        if isinstance(content, StoryContent):
            return self._render_story(content, form)
        with canvas.settings():
            if self.is_preview and not isinstance(content, Histogram):
                page = PreviewPage(content, *look).draw()
            elif isinstance(content, Histogram):
                page = HistogramPage(content, *look).draw()
            elif isinstance(content, Multiples):
                page = MultiplesPage(content, *look).draw()
            else:
                page = MapPage(content, *look).draw()
            inches = page.width / canvas.POINTS_PER_INCH, page.height / canvas.POINTS_PER_INCH
            pixels = max(1, round(inches[0] * self.dpi)), max(1, round(inches[1] * self.dpi))
            if form == "png" and max(pixels) > _LARGEST_PX:
                raise BadOption(
                    f"a PNG of {pixels[0]:,} x {pixels[1]:,} pixels is too large: at most "
                    f"{_LARGEST_PX:,} a side; lower the width or the resolution"
                )
            data = canvas.to_bytes(page, form, self.dpi, content.title, pixels)
        return data, (*self.notices, *_told_of([page], form))

    def _render_story(self, story: StoryContent, form: str) -> tuple[bytes, tuple[str, ...]]:
        from pkzone.pictures import canvas
        from pkzone.pictures.story_page import story_pages

        check_story_form(form)
        with canvas.settings():
            pages = story_pages(story, self.width_cm, self.theme, self.language)
            data = canvas.pages_to_bytes(pages, story.title)
        return data, (*self.notices, *_told_of(pages, form))

    def save(self, path: str | os.PathLike[str], overwrite: bool = True) -> tuple[str, ...]:
        """Write the picture to a file, whole or not at all, and return its notices.

        Parameters
        ----------
        path : str or os.PathLike
            Where to write; its extension sets the format.
        overwrite : bool, default True
            Whether an existing file may be replaced.

        Raises
        ------
        OutputError
            The file exists and may not be replaced, or cannot be written.
        MissingExtra, BadOption, TooWide
            As for `to_bytes`.
        """
        from pkzone.files import atomic

        data, notices = self.render(form_of(path))
        atomic.write_bytes(Path(path), data, overwrite=overwrite)
        return notices

    def _repr_png_(self) -> bytes | None:
        from pkzone.pictures.story_content import StoryContent

        return None if isinstance(self.content, StoryContent) else self.to_bytes("png")


def picture(
    *references: str | Diff,
    on: str | date | Sequence[str | date] | None = None,
    each: bool = False,
    width_cm: float | None = None,
    dpi: float = 200.0,
    lang: str = "en",
    theme: str = "light",
    title: str | None = None,
    catalogue: Catalogue | None = None,
    tagged: Any = None,
    story: GivenStory = None,
    color_by: str | None = None,
    label: str | None = None,
    time: str | None = None,
    time_end: str | None = None,
) -> Picture:
    """Return a picture of every layer, of a version, of a difference, of records or of a story.

    Parameters
    ----------
    *references : str or Diff
        None: every layer. One: ``LAYER``, ``LAYER@VERSION``, ``LAYER@DATE``, a GeoJSON file,
        or a `Diff`. Two: base and target, which are compared.
    on : str, datetime.date or sequence of these, optional
        The day, for every layer or for a bare ``LAYER``; else the catalogue's default date,
        or the newest version of the layer. Several days make small multiples: a panel for each,
        in the order given, which marks what differs from the one before.
    each : bool, default False
        Small multiples of every version of the ``LAYER``, or of a range, ``LAYER@A..B``.
    width_cm : float, optional
        Width of the page, 6 to 200 cm; by default 18, of the pages of a story 21, as A4.
    dpi : float, optional
        Pixels an inch, for a PNG.
    lang : str, optional
        Language of words and names: ``en``, ``az``, ``hy`` or ``ru``; or another that the
        catalogue lists, for names alone.
    theme : str, optional
        ``light`` or ``dark``.
    title : str, optional
        The heading; else the name of what is shown.
    catalogue : Catalogue, optional
        Where the layers are; the shipped catalogue by default.
    tagged : str, os.PathLike, DataFrame, GeoDataFrame or Tagged, optional
        A table that `pkzone.tag` made, or what it returned: how many records there are over
        time, by what was answered for the ``LAYER`` named, else for the first that it was tagged
        by, with the layer's new versions and the catalogue's events about it.

    story : Story, mapping, str, os.PathLike or bool, optional
        A guided story, its value as JSON has it, its file, or True for that of the catalogue: its
        stops become the pages of a PDF, each with its texts, its map and its numbered sources.
    color_by, label : str, optional
        Properties of the one file that is drawn: what its features are coloured by, as on maps,
        and named by.
    time, time_end : str, optional
        Its properties with the dates from which a feature is in the picture, and from which it is
        no more; the picture is of the day ``on``, by default the last on which one begins.

    Raises
    ------
    BadOption
        An option is out of its range, or a day is given beside a reference that has one, or
        beside a tagged table; or no feature of a file has a property that is named.
    StoryError
        The story is missing or refused, or the catalogue does not have what it names.
    BadReference
        There are more than two references, one is malformed, or there is nothing to draw.
    ColumnError, FormatError
        The tagged table has not the columns of one, or cannot be read.
    BadDate, LayerNotFound, VersionNotFound
        A reference names nothing, or nothing is in force on the day.
    CatalogueError, HashMismatch, GeoJSONError
        A file is missing, damaged or refused.

    Examples
    --------
    >>> pkzone.picture("corridor@2022-09-01").save("corridor.png")  # doctest: +SKIP
    """
    source = open_catalogue() if catalogue is None else catalogue
    _check(lang, tuple(dict.fromkeys((*LANGUAGES, *source.languages))), "language")
    if title is not None and len(title) > _LONGEST_TITLE:
        raise BadOption(f"the title has {len(title):,} characters; use at most {_LONGEST_TITLE}")
    options = FileOptions(color_by, label, time, time_end)
    if story or tagged is not None:
        options.check(())
    content: Content | Histogram | StoryContent
    if story is not None and story is not False:
        if references or tagged is not None or each or on is not None:
            raise BadOption("a story says what its pages show; leave out REF, days and records")
        content = _story_content(story, source, lang, title)
    elif tagged is None:
        content = _map_content(references, source, on, lang, options, each=each)
    elif each or on is not None:
        raise BadOption("records are counted over all dates; leave out the days")
    else:
        content = _histogram(references, source, lang, tagged)
    titled = content if title is None else replace(content, title=title)
    usual = _WIDTH_CM if story is None or story is False else _STORY_WIDTH_CM
    return Picture(titled, usual if width_cm is None else width_cm, dpi, lang, theme)


def preview(page: Page) -> Picture:
    """Return the picture that previews of a link to a map show: its opening state.

    Parameters
    ----------
    page : Page
        The page of a map, as ``pkzone.map(...).page``. Records and folium's objects on it are not
        in the picture.

    Returns
    -------
    Picture
        1200 x 630 pixels as a PNG.

    Raises
    ------
    BadOption
        The page is that of a difference.
    MissingExtra
        matplotlib is not installed.

    Examples
    --------
    >>> made = pkzone.map(address="https://example.org/map.html")  # doctest: +SKIP
    >>> picture = preview(made.page).to_bytes()  # doctest: +SKIP
    >>> made.save("map.html", image=picture)  # doctest: +SKIP
    """
    if page.shown is None:
        raise BadOption("a preview shows a map; the page of a difference has none")
    _require_matplotlib()
    from pkzone.pictures.map_content import opening_content
    from pkzone.pictures.preview_page import DPI, WIDTH_CM

    day = page.content["on"]
    title, language = page.content["title"], page.content["language"]
    content = opening_content(*page.shown, day and date.fromisoformat(day), title, language)
    return Picture(content, WIDTH_CM, DPI, language, is_preview=True)


def _histogram(
    references: tuple[str | Diff, ...],
    catalogue: Catalogue,
    language: str,
    tagged: Any,
) -> Histogram:
    layer = references[0] if references else None
    if len(references) > 1 or isinstance(layer, Diff):
        raise BadOption("records are counted for one layer; name one LAYER, or none")
    _require_matplotlib()
    from pkzone.pictures.histogram import histogram

    return histogram(tagged, layer, catalogue, language)


def _map_content(
    references: tuple[str | Diff, ...],
    catalogue: Catalogue,
    on: str | date | Sequence[str | date] | None,
    language: str,
    options: FileOptions,
    *,
    each: bool,
) -> Content:
    from pkzone.pictures import diff_content, map_content

    if len(references) > 2:
        raise BadReference(
            "a picture shows one version or compares two; "
            f"{len(references)} references are too many"
        )
    days = _days(on)
    first = references[0] if references else None
    has_difference = each or len(days) > 1 or len(references) == 2 or isinstance(first, Diff)
    if has_difference and options.named:
        raise BadOption(
            f"{next(iter(options.named))} is for the picture of one file on one day; differences "
            "have colours of their own"
        )
    if each or len(days) > 1:
        return _multiples(references, catalogue, days, language, each=each)
    if len(references) == 2:
        from pkzone.compare import diff

        first = diff(*references, catalogue=catalogue)
    if not isinstance(first, Diff):
        day = days[0] if days else None
        content = map_content.content_of(first, catalogue, day, language, options)
    elif not days:
        content = diff_content.content_of(first, catalogue, language)
    else:
        raise BadOption("a difference has the dates of its two sides; leave out the day")
    if not (content.items or content.focus):
        raise BadReference("there is nothing to draw: what was asked for holds no geometry")
    return content


def _days(on: str | date | Sequence[str | date] | None) -> list[str | date]:
    return [] if on is None else [on] if isinstance(on, str | date) else list(on)


def _multiples(
    references: tuple[str | Diff, ...],
    catalogue: Catalogue,
    days: list[str | date],
    language: str,
    *,
    each: bool,
) -> Content:
    from pkzone.pictures.multiples_content import multiples_of

    if each and days:
        raise BadOption("every version has its date; leave out the days, or name no every version")
    first = references[0] if references else None
    if len(references) > 1 or isinstance(first, Diff):
        raise BadOption("each panel shows the states of one layer; name one LAYER")
    return multiples_of(first, catalogue, None if each else days, language)


def _story_content(
    story: GivenStory, catalogue: Catalogue, language: str, title: str | None
) -> StoryContent:
    from pkzone.pictures.story_content import story_content

    return story_content(story, catalogue, language, title)


def check_story_form(form: str) -> None:
    """Refuse to write the pages of a story as anything but a PDF.

    Raises
    ------
    BadOption
        The form is another one.
    """
    if form != "pdf":
        raise BadOption(f"a story has pages, and a {form} has none; name a file that ends in .pdf")


def _require_matplotlib() -> None:
    try:
        import matplotlib as _  # noqa: F401 - asked for first, so that the error is clear
    except ImportError:
        raise MissingExtra("a picture", "matplotlib", "picture") from None


def form_of(path: str | os.PathLike[str]) -> str:
    """Return the format that the extension of a file name stands for.

    Raises
    ------
    BadOption
        It stands for none.
    """
    form = Path(path).suffix.lower().removeprefix(".")
    if form not in FORMS:
        extensions = ", ".join(f".{one}" for one in FORMS)
        raise BadOption(
            f"{printable(os.fspath(path), limit=None)}: the name must end in one of {extensions}"
        )
    return form


def _check(value: object, choices: tuple[str, ...], what: str) -> None:
    if value not in choices:
        shown, hint = printable(str(value)), did_you_mean(value, choices)
        raise BadOption(
            f"{shown} is not a {what} of a picture; {hint}choose from {', '.join(choices)}"
        )


def _told_of(pages: Sequence[Canvas], form: str) -> Iterator[str]:
    """Yield what drawing the pages showed: letters that lack, names without room."""
    letters: set[str] = set().union(*(one.missing for one in pages))
    if letters and form != "svg":
        listed = " ".join(sorted(letters)[:10]) + (" …" if len(letters) > 10 else "")
        yield f"DejaVu Sans lacks some letters, drawn as boxes: {printable(listed)}"
    if form != "svg" and any(one.is_unshaped for one in pages):
        yield (
            "texts from right to left are drawn from left to right, their letters apart; "
            "matplotlib 3.11 sets them right: pip install -U matplotlib"
        )
    if left := sum(one.names_left for one in pages):
        named = "the name of 1 feature has" if left == 1 else f"the names of {left:,} features have"
        yield f"{named} no room; a wider picture (--width-cm) has more"
