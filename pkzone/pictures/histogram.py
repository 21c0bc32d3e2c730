"""Draw how many records of a tagged table there are over time, by what was answered."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from string import ascii_lowercase
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateFormatter, AutoDateLocator
from matplotlib.ticker import MaxNLocator

from pkzone.errors import BadOption, BadReference, ColumnError, printable
from pkzone.i18n.messages import day_in_words, label, phrase, say, say_count
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.dates import interval_of
from pkzone.layers.references import FileReference, parse
from pkzone.maps.style import RECORD_BARS
from pkzone.pictures.canvas import Canvas, text_width
from pkzone.pictures.furniture import PicturePage
from pkzone.pictures.legend import Block, LegendBuilder, column_height, columns, draw_blocks
from pkzone.pictures.map_content import PageContent, credit
from pkzone.pictures.symbols import Symbol
from pkzone.tagging.read_tagged import open_tagged

MOST_BARS: Final = 62  # a unit of time that would make more gives way to the next
_UNITS: Final[dict[str, Literal["D", "W", "M", "Y"]]] = {
    "day": "D",
    "week": "W",
    "month": "M",
    "year": "Y",
}
_PER: Final = {
    "day": phrase("Records per day"),
    "week": phrase("Records per week"),
    "month": phrase("Records per month"),
    "year": phrase("Records per year"),
}
_STACK: Final = (0, 3, 2, 1, 4)  # answers from below: what is surely inside first
_HATCHES: Final = {45: "/" * 5, -45: "\\" * 5}
_SWITCH: Final = {"label": "", "strokes": [{"color": "zone", "width": 1.3, "dash": [6, 3]}]}
#: What marks are called, as many as the legend lists.
_NUMBERS: Final = [str(number) for number in range(1, 61)]
_LETTERS: Final = [first + second for first in ("", "a", "b") for second in ascii_lowercase][:60]


class Mark(NamedTuple):
    """A new version of the layer, or an event."""

    day: date
    text: str


@dataclass(frozen=True, kw_only=True)
class Histogram(PageContent):
    """Counts by time (rows: from each of `starts` to the next) and by answer, the last one none."""

    unit: str
    starts: npt.NDArray[np.datetime64]
    counts: npt.NDArray[np.int64]
    switches: list[Mark]
    events: list[Mark]


def bins(first: date, last: date) -> tuple[str, npt.NDArray[np.datetime64]]:
    """Return the unit of time for a span, where each unit begins and the last one ends."""
    for unit, code in _UNITS.items():
        # numpy's weeks begin on Thursdays.
        shift = np.timedelta64(3 if unit == "week" else 0, "D")
        start, end = ((np.datetime64(day) + shift).astype(f"M8[{code}]") for day in (first, last))
        if (end - start).astype(int) < MOST_BARS:
            break
    step = np.timedelta64(1, code)
    starts = np.arange(start, end + 2 * step, step).astype("M8[D]") - shift
    return unit, np.minimum(starts, np.datetime64(date.max))


def histogram(table: Any, reference: str | None, source: Catalogue, language: str) -> Histogram:
    """Count the records of a tagged table by the answers for a layer, else for its first one."""
    parsed = None if reference is None else parse(reference, source)
    if isinstance(parsed, FileReference) or "@" in (reference or ""):
        where = printable(str(reference))
        raise BadOption(f"{where}: records are counted over all dates; name a LAYER alone")
    wanted = [source[parsed.layer].name] if parsed else []
    tally: Counter[tuple[Any, int]] = Counter()
    with open_tagged(table, wanted, places=False) as rows:
        if rows.layer not in (wanted or [rows.layer]):
            text = f"has no column {wanted[0]}_answer; it was tagged by {printable(rows.layer)}"
            raise ColumnError(rows.label, f"{text}: name that layer, or none")
        for piece in rows.pieces():
            tally.update(zip(piece.days().tolist(), piece.answers().tolist(), strict=True))
    undated = sum(tally.pop((None, answer), 0) for answer in range(len(RECORD_BARS)))
    if not tally:
        where = printable(rows.label, limit=None)
        raise BadReference(f"{where}: no record has a date; there is nothing to draw")
    days, answers = map(list, zip(*tally, strict=True))
    unit, starts = bins(min(days), max(days))
    counts = np.zeros((len(starts) - 1, len(RECORD_BARS)), np.int64)
    places = np.searchsorted(starts[1:-1], np.array(days, "M8[D]"), side="right")
    np.add.at(counts, (places, answers), list(tally.values()))
    first, last = (day_in_words(one(days), language) for one in (min, max))
    line = say_count(
        "{count} record, {first} to {last}",
        "{count} records, {first} to {last}",
        int(counts.sum()),
        language,
        first=first,
        last=last,
    )
    if undated:
        line += "; " + say_count(
            "{count} without a date is left out",
            "{count} without a date are left out",
            undated,
            language,
        )
    layer = source.get(rows.layer)
    versions = layer.versions if layer else ()
    named = {event for version in versions for event in version.events}
    events = [
        (interval_of(one.date)[0], one.id, one)
        for one in source.events
        if one.id in named or rows.layer in (one.layers if layer else ())
    ]
    low, high = starts[0].item(), starts[-1].item()
    events = sorted(one for one in events if low <= one[0] < high)
    marks = (Mark(one.valid_from, one.title) for one in versions)
    title = say((layer.title if layer else "") or rows.layer, language)
    return Histogram(
        title=say("Records over time: {layer}", language, layer=title),
        lines=(": ".join(filter(None, (rows.title, line))),),
        sources=tuple(source.sources),
        cited=frozenset(cited for *_, one in events for cited in one.sources),
        credit=credit(source, language) if layer else "",
        unit=unit,
        starts=starts,
        counts=counts,
        switches=[mark for mark in marks if low <= mark.day < high],
        events=[Mark(day, one.title) for day, _, one in events],
    )


class HistogramPage(PicturePage[Histogram]):
    """The page of a histogram; its height follows from its width and the legend."""

    def draw(self) -> Canvas:
        """Draw the page: heading, bars, legend and credits."""
        sizes, head, foot = self.sizes, self._head_lines(), self._foot_lines(Counter())
        count = 2 if sizes.has_side_panel else 1
        column = sizes.inner / count - (0.8 * sizes.text if count == 2 else 0)
        legend = columns(self._legend(column), count)
        plot = max(0.46 * sizes.inner, 16 * sizes.text)
        above = sizes.margin + self._head_height(head) + 2.6 * sizes.grid
        credits_top = sizes.margin + self._foot_height(foot)
        legend_top = credits_top + max(map(column_height, legend)) + 0.5 * sizes.text
        bottom = legend_top + 2.3 * sizes.grid + 2.2 * sizes.small
        canvas = Canvas(sizes.width, round(bottom + plot + above, 2), self.colours, sizes.px)
        self._draw_head(canvas, head)
        self._draw_bars(canvas, bottom, plot)
        with canvas.group("legend"):
            for number, blocks in enumerate(legend):
                x = sizes.margin + number * (column + 1.6 * sizes.text)
                draw_blocks(canvas, blocks, x, legend_top, 0.95 * sizes.text, column)
        self._draw_foot(canvas, foot, credits_top)
        return canvas

    def _legend(self, width: float) -> list[Block]:
        content, language = self.content, self.language
        measure = Canvas(1, 1, self.colours, self.sizes.px)
        builder = LegendBuilder(measure, 0.95 * self.sizes.text, width)
        versions, totals = say("New versions of the layer", language), content.counts.sum(axis=0)
        blocks = [builder.head(say("Answers", language))]
        for answer in filter(totals.__getitem__, _STACK):
            text = f"{label(RECORD_BARS[answer]['label'], language)}: {totals[answer]:,}"
            blocks.append(builder.entry(Symbol.of(RECORD_BARS[answer]), "area", text))
        if content.switches:
            blocks.append(builder.entry(Symbol.of(_SWITCH), "line", versions))
        events = say("Events", language), content.events, _NUMBERS
        for title, marks, names in ((versions, content.switches, _LETTERS), events):
            blocks += [builder.head(title)] if marks else []
            for name, mark in zip(names, marks, strict=False):
                blocks.append(builder.text(f"{name}  {mark.day.isoformat()}: {mark.text}"))
            if (rest := len(marks) - len(names)) > 0:
                blocks.append(builder.text(say("and {count} more", language, count=rest)))
        return blocks

    def _draw_bars(self, canvas: Canvas, bottom: float, height: float) -> None:
        """Draw the bars in axes of their own, with a line for each new version of the layer."""
        content, sizes, px = self.content, self.sizes, canvas.px
        highest, date_width = content.counts.sum(axis=1).max(), text_width("2000-00-00", sizes.grid)
        left = sizes.margin + 2 * sizes.small + text_width(f"{highest:,}", 1.2 * sizes.grid)
        width = sizes.width - max(sizes.margin, 0.6 * date_width) - left
        shares = np.array([left, bottom, width, height]) / ([canvas.width, canvas.height] * 2)
        axes = canvas.figure.add_axes(tuple(shares.tolist()), facecolor="none")
        starts = content.starts.astype(float)  # days since 1970, as matplotlib counts them
        steps, low = np.diff(starts), np.zeros(len(starts) - 1)
        axes.set(xlim=starts[[0, -1]], ylim=(0, 1.04 * highest))
        for answer in _STACK:
            rule, counts = RECORD_BARS[answer], content.counts[:, answer]
            bars = axes.bar(starts[:-1] + 0.03 * steps, counts, 0.94 * steps, low, align="edge")
            for bar, start, count in zip(bars, content.starts, counts, strict=False):
                bar.set(gid=f"bar/{start}/{answer}", visible=bool(count), linewidth=0.9 * px)
                bar.set(edgecolor=canvas.colour(rule["fill"]))
                bar.set(facecolor=canvas.colour(rule["fill"], rule["fill_opacity"]))
                bar.set(hatch=_HATCHES.get(rule.get("hatch", {}).get("angle")))
            low += counts
        for number, mark in enumerate(content.switches, 1):
            dash: Any = (0, (6 * px, 3 * px))
            line = axes.axvline(_days([mark])[0], color=canvas.colour("zone"), linestyle=dash)
            line.set(linewidth=1.3 * px, gid=f"switch/{mark.day}/{number}")
        zone, ink = canvas.colour("zone"), canvas.colour("ink")
        self._name_marks(axes, content.switches, _LETTERS, 0.5, color=zone, weight="bold")
        self._name_marks(axes, content.events, _NUMBERS, 1.95, color=ink)
        ticks = np.full(len(content.events), 1 + 1.5 * sizes.grid / height)
        lines = axes.plot(_days(content.events), ticks, "|", color=ink, clip_on=False)
        lines[0].set(
            markersize=0.4 * sizes.grid,
            markeredgewidth=0.9 * px,
            transform=axes.get_xaxis_transform(),
        )
        self._draw_axes(axes, canvas, max(5, int(width / date_width / 1.35)))

    def _draw_axes(self, axes: Axes, canvas: Canvas, most_dates: int) -> None:
        muted, ink, sizes = canvas.colour("muted"), canvas.colour("ink"), self.sizes
        # Five dates or more where there is room; no parts of days.
        least = min(int(np.ptp(axes.get_xlim())), 5 if most_dates > 10 else 2)
        locator: Any = AutoDateLocator(minticks=least, maxticks=most_dates)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(AutoDateFormatter(locator))  # type: ignore[no-untyped-call]
        axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.tick_params(labelsize=sizes.grid, labelcolor=muted, color=muted)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="y", color=canvas.colour("grid"), linewidth=0.6 * canvas.px)
        axes.set_axisbelow(True)
        axes.spines[["left", "right", "top"]].set_visible(False)
        axes.spines["bottom"].set(color=muted, linewidth=0.9 * canvas.px)
        axes.set_xlabel(say("Date", self.language), size=sizes.small, color=ink)
        unit = say(_PER[self.content.unit], self.language)
        axes.set_ylabel(unit, size=sizes.small, color=ink)

    def _name_marks(
        self, axes: Axes, marks: Sequence[Mark], names: Sequence[str], up: float, **look: Any
    ) -> None:
        """Write the names of marks above the bars, ``up`` lines high; a-c where they are close."""
        (left, right), size = axes.get_xlim(), self.sizes.grid
        points = axes.get_position().width * self.sizes.width
        shares = (_days(marks[: len(names)]) - left) / (right - left)
        groups: list[list[int]] = []
        for number, share in enumerate(shares):
            if groups and (share - shares[groups[-1]].mean()) * points < 2.6 * size:
                groups[-1].append(number)
            else:
                groups.append([number])
        for group in groups:
            text = "\N{EN DASH}".join(dict.fromkeys((names[group[0]], names[group[-1]])))
            place, above = (shares[group].mean(), 1), (0, up * size)
            written = axes.annotate(text, place, above, "axes fraction", "offset points")
            written.set(ha="center", size=size, **look)


def _days(marks: Sequence[Mark]) -> npt.NDArray[np.float64]:
    """Return the days of marks since 1970, as matplotlib counts them."""
    return np.array([mark.day for mark in marks], "M8[D]").astype(float)
