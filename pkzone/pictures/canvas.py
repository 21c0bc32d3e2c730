"""Draw on a page measured in points: wraps a matplotlib Figure.

Nothing here touches pyplot or leaves a trace in matplotlib's settings. All text from outside
passes `Canvas.text`, which draws it literally: no mathtext, no TeX, control characters escaped.
"""

from __future__ import annotations

import io
import unicodedata
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any, Final, cast

import matplotlib
import numpy as np
import numpy.typing as npt
import shapely
from matplotlib import ft2font
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf, PdfPages
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, Bbox, TransformedBbox
from shapely.geometry.polygon import orient

from pkzone.errors import printable

__all__ = [
    "POINTS_PER_INCH",
    "Canvas",
    "area_path",
    "balanced",
    "clean",
    "line_path",
    "pages_to_bytes",
    "settings",
    "text_width",
    "to_bytes",
    "wrapped",
]

Array = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]

POINTS_PER_INCH: Final = 72.0
_FACES: Final[dict[str, tuple[str, Any, str]]] = {
    "regular": ("DejaVuSans.ttf", "normal", "normal"),
    "bold": ("DejaVuSans-Bold.ttf", "normal", "bold"),
    "italic": ("DejaVuSans-Oblique.ttf", "italic", "normal"),
}
#: What decides about the bytes; everything else is matplotlib's default, not the user's own.
_SETTINGS: Final[dict[str, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "pkzone",
    "pdf.fonttype": 42,
    "pdf.compression": 6,
    "lines.scale_dashes": False,
    "text.usetex": False,
    "text.hinting": "none",  # letters as wide as they were measured
    "path.simplify": False,
    "font.sans-serif": ["DejaVu Sans", "Verdana"],
    "font.family": ["sans-serif"],
}
_METADATA: Final[dict[str, dict[str, Any]]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": "pkzone"},
    "pdf": {"CreationDate": None, "Creator": "pkzone", "Producer": None},
}
#: From 3.11 on matplotlib sets texts with libraqm: from right to left, with joined letters.
_SHAPES: Final = hasattr(ft2font, "__libraqm_version__")
_BACKENDS: Final = {"png": FigureCanvasAgg, "svg": FigureCanvasSVG, "pdf": FigureCanvasPdf}


def _runs_left(letter: str) -> bool:
    return unicodedata.bidirectional(letter) in ("R", "AL")


def clean(text: str) -> str:
    """Return a text as it is drawn: one line, control characters escaped."""
    return printable(text, limit=None)


@contextmanager
def settings() -> Iterator[None]:
    """Draw with settings of our own; the user's come back afterwards."""
    with warnings.catch_warnings(), matplotlib.rc_context():
        warnings.simplefilter("ignore", matplotlib.MatplotlibDeprecationWarning)
        # Canvas.missing says so, in words.
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(cast(Any, _SETTINGS))
        yield


@lru_cache
def _font(face: str, size: float) -> FontProperties:
    name, style, weight = _FACES[face]
    path = FilePath(matplotlib.get_data_path(), "fonts", "ttf", name)
    return FontProperties(family=["sans-serif"], size=size, fname=path, style=style, weight=weight)


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, face: str = "regular") -> float:
    """Return how wide a text is, in points."""
    return float(
        text_to_path.get_text_width_height_descent(clean(text), _font(face, size), ismath=False)[0]
    )


def wrapped(text: str, size: float, width: float, face: str = "regular") -> list[str]:
    """Return a text in lines no wider than a width; a longer word is broken."""
    lines, line = [], ""
    for word in clean(text).split(" "):
        longer = f"{line} {word}" if line else word
        if text_width(longer, size, face) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        while text_width(word, size, face) > width and len(word) > 1:
            head = _fitting(word, size, width, face)
            lines.append(word[:head])
            word = word[head:]
        line = word
    return [*lines, line]


def balanced(text: str, size: float, width: float, face: str = "regular") -> list[str]:
    """Return a text in as few lines as `wrapped` needs, of about the same length."""
    lines = wrapped(text, size, width, face)
    low, high = width / len(lines), width
    while high - low > size / 2:
        middle = (low + high) / 2
        if len(wrapped(text, size, middle, face)) > len(lines):
            low = middle
        else:
            high = middle
    return wrapped(text, size, high, face)


def _fitting(word: str, size: float, width: float, face: str) -> int:
    """Return how many letters of a word fit, at least one."""
    counts = range(2, len(word) + 1)
    return 1 + bisect_right(counts, width, key=lambda count: text_width(word[:count], size, face))


class _Group(Artist):
    """Artists drawn together; in an SVG a group with an id."""

    def __init__(self, gid: str) -> None:
        super().__init__()
        self.set_gid(gid)
        self.parts: list[Artist] = []

    def draw(self, renderer: RendererBase) -> None:
        renderer.open_group("group", gid=self.get_gid())
        for part in self.parts:
            part.draw(renderer)
        renderer.close_group("group")


class Canvas:
    """A page, measured in points from its lower left corner.

    Parameters
    ----------
    width, height : float
        Its size, points.
    colours : mapping of str to str
        The palette: token to colour.
    px : float
        Points of a pixel of the style table.

    Attributes
    ----------
    missing : set of str
        Letters that the fonts lack.
    is_unshaped : bool
        Whether a text runs from right to left, and this matplotlib cannot set it.
    names_left : int
        Names of features of a file that have no room.
    """

    def __init__(self, width: float, height: float, colours: Mapping[str, str], px: float) -> None:
        self.colours = colours
        self.px = px
        self.width, self.height = width, height
        size = (width / POINTS_PER_INCH, height / POINTS_PER_INCH)
        self.figure = Figure(figsize=size, facecolor=colours["paper"], edgecolor="none")
        self.missing: set[str] = set()
        self.is_unshaped = False
        self.names_left = 0
        self._page = Affine2D().scale(1 / POINTS_PER_INCH) + self.figure.dpi_scale_trans
        self._group: list[_Group] = []
        self._clip: TransformedBbox | None = None
        self._prefix = ""

    @contextmanager
    def prefixed(self, prefix: str) -> Iterator[None]:
        """Begin the ids of groups with a prefix: no two of a page may be alike."""
        self._prefix = prefix
        yield
        self._prefix = ""

    @contextmanager
    def group(self, gid: str) -> Iterator[None]:
        """Collect what is drawn in a group with an id."""
        group = _Group(f"{self._prefix}{gid}")
        if self._group:
            self._put(group)
        else:
            self.figure.add_artist(group)
        self._group.append(group)
        yield
        self._group.pop()

    @contextmanager
    def clipped(self, window: Box) -> Iterator[None]:
        """Cut off what is drawn outside of a window."""
        self._clip = TransformedBbox(Bbox.from_extents(*window), self._page)
        yield
        self._clip = None

    def _put(self, artist: Artist) -> None:
        artist.set_figure(self.figure)
        artist.set_transform(self._page)
        if self._clip is not None:
            artist.set_clip_box(self._clip)
        self._group[-1].parts.append(artist)

    def colour(self, token: str, opacity: float = 1.0) -> tuple[float, float, float, float]:
        """Return a colour, written or of the palette; an unknown token is drawn as text is."""
        known = token if token.startswith("#") else self.colours.get(token, self.colours["ink"])
        return to_rgba(known, opacity)

    def fill(self, path: Path, token: str, opacity: float = 1.0) -> None:
        """Fill an area."""
        hue = self.colour(token, opacity)
        self._put(PathPatch(path, linewidth=0, edgecolor="none", facecolor=hue))

    def stroke(
        self, path: Path, token: str, width: float, dash: Sequence[float] = (), opacity: float = 1.0
    ) -> None:
        """Draw a line, its width and dashes in points."""
        patch = PathPatch(path, fill=False, linewidth=width, edgecolor=self.colour(token, opacity))
        patch.set(linestyle=(0, tuple(dash)) if dash else "solid", joinstyle="round")
        patch.set_capstyle("butt" if dash else "round")
        self._put(patch)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        hue: str = "ink",
        *,
        face: str = "regular",
        align: str = "left",
        turned: bool = False,
    ) -> None:
        """Write one line with its baseline at a height; ``turned`` reads upwards."""
        cleaned, font = clean(text), _font(face, size)
        letters = get_font(str(font.get_file()))
        self.missing |= {one for one in cleaned if not letters.get_char_index(ord(one))}
        self.is_unshaped |= not _SHAPES and any(map(_runs_left, cleaned))
        written = Text(x, y, cleaned, color=self.colour(hue), fontproperties=font, parse_math=False)
        written.set(ha=align, rotation=90 if turned else 0, rotation_mode="anchor")
        self._put(written)

    def halo(self, x: float, y: float, text: str, size: float, face: str, reach: float) -> None:
        """Draw the halo of a line of text that starts at (x, y), `reach` wide."""
        vertices, codes = text_to_path.get_text_path(_font(face, size), clean(text), ismath=False)
        letters = np.asarray(vertices, dtype=np.float64)
        if not letters.size:
            return
        path = Path(letters * (size / text_to_path.FONT_SCALE) + (x, y), codes)
        rings = [
            shapely.Polygon(ring) for ring in map(np.asarray, path.to_polygons()) if len(ring) > 3
        ]
        shape = shapely.union_all([one.buffer(reach, quad_segs=3) for one in rings])
        self.fill(area_path(shape.simplify(0.12)), "paper", 0.85)


def line_path(shape: shapely.Geometry) -> Path:
    """Return lines, or the rings of areas, as one path."""
    runs: list[shapely.Geometry] = []
    for part in shapely.get_parts(shapely.get_parts(shape)):
        runs += shapely.get_rings(part).tolist() if part.geom_type == "Polygon" else [part]
    paths = map(_coordinates, runs)
    return Path.make_compound_path(*(Path(path) for path in paths if len(path) > 1))


def area_path(shape: shapely.Geometry) -> Path:
    """Return areas as one closed path; holes run the other way round, so they stay open."""
    areas = (part for part in shapely.get_parts(shape) if part.geom_type == "Polygon")
    rings = [ring for area in areas if area for ring in shapely.get_rings(orient(area))]
    return Path.make_compound_path(*(Path(_coordinates(ring), closed=True) for ring in rings))


def _coordinates(run: shapely.Geometry) -> Array:
    """Return coordinates to a hundredth of a point: finer than any printer, and half the bytes."""
    rounded: Array = np.round(shapely.get_coordinates(run), 2)
    return rounded


def pages_to_bytes(pages: Iterable[Canvas], title: str) -> bytes:
    """Return pages as one PDF, the same bytes every time."""
    stream = io.BytesIO()
    with PdfPages(stream, metadata=_METADATA["pdf"] | {"Title": clean(title)}) as pdf:
        for page in pages:
            FigureCanvasPdf(page.figure)
            pdf.savefig(page.figure, facecolor=page.figure.get_facecolor())
    return stream.getvalue()


def to_bytes(canvas: Canvas, form: str, dpi: float, title: str, pixels: tuple[int, int]) -> bytes:
    """Return the page as a file, the same bytes every time; `dpi` and `pixels` are a PNG's."""
    figure = canvas.figure
    if form == "png":  # a hair more than a whole number, which the canvas rounds down
        figure.set_size_inches((pixels[0] + 0.01) / dpi, (pixels[1] + 0.01) / dpi)
    stream = io.BytesIO()
    _BACKENDS[form](figure).print_figure(
        stream,
        dpi=dpi if form == "png" else POINTS_PER_INCH,
        format=form,
        facecolor=figure.get_facecolor(),
        metadata=_METADATA[form] | {"Title": clean(title)},
    )
    return stream.getvalue()
