"""Draw how many records of a tagged table there are over time, by what was answered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from string import ascii_lowercase
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib import dates as untyped_dates
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from pkzone.errors import BadOption, BadReference, ColumnError, printable
from pkzone.i18n.messages import day_in_words, label, phrase, say, say_count
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.dates import interval_of
from pkzone.layers.references import FileReference, parse
from pkzone.maps.payload import credit
from pkzone.maps.style import RECORD_BARS
from pkzone.pictures.canvas import Canvas, text_width
from pkzone.pictures.legend import Block, LegendBuilder, Symbol, column_height, columns
from pkzone.pictures.map_content import PageContent
from pkzone.pictures.page import PicturePage
from pkzone.tagging.read_tagged import open_tagged

__all__ = ["Histogram", "HistogramPage", "bins", "histogram"]

_DATES: Final[Any] = untyped_dates  # matplotlib states no types there
MOST_BARS: Final = 62  # a unit of time that would make more gives way to the next
_UNITS: Final[dict[str, tuple[Literal["D", "W", "M", "Y"], str]]] = {
    "day": ("D", phrase("Records per day")),
    "week": ("W", phrase("Records per week")),
    "month": ("M", phrase("Records per month")),
    "year": ("Y", phrase("Records per year")),
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
    for unit, (code, _) in _UNITS.items():
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
    undated = sum(tally.pop((None, answer), 0) for answer in _STACK)
    if not tally:
        where = printable(rows.label, limit=None)
        raise BadReference(f"{where}: no record has a date; there is nothing to draw")
    days, answers = map(list, zip(*tally, strict=True))
    unit, starts = bins(min(days), max(days))
    counts = np.zeros((len(starts) - 1, len(RECORD_BARS)), np.int64)
    places = np.searchsorted(starts[1:-1], np.array(days, "M8[D]"), side="right")
    np.add.at(counts, (places, answers), list(tally.values()))
    first, last = (day_in_words(end(days), language) for end in (min, max))
    line = say_count(
        "{count} record, {first} to {last}",
        "{count} records, {first} to {last}",
        tally.total(),
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
    title = source.say((layer.title if layer else "") or rows.layer, language)
    versions = layer.versions if layer else ()
    named = {event for version in versions for event in version.events}
    low, high = starts[0].item(), starts[-1].item()
    events = sorted(
        (day, event.id, event)
        for event in source.events
        if (event.id in named or (layer and layer.name in event.layers))
        and low <= (day := interval_of(event.date)[0]) < high
    )
    switches = [one for one in versions if low <= one.valid_from < high]
    return Histogram(
        title=say("Records over time: {layer}", language, layer=title),
        lines=(": ".join(filter(None, (rows.title, line))),),
        sources=tuple(source.sources),
        cited=frozenset(cited for *_, event in events for cited in event.sources),
        credit=credit(source, language) if layer else "",
        unit=unit,
        starts=starts,
        counts=counts,
        switches=[Mark(one.valid_from, source.say(one.title, language)) for one in switches],
        events=[Mark(day, source.say(event.title, language)) for day, _, event in events],
    )


class HistogramPage(PicturePage[Histogram]):
    """The page of a histogram; its height follows from its width and the legend."""

    disclaimer = phrase(
        "Records are compared with the layer as drawn: near its lines, where these may be off, the "
        "answer is uncertain."
    )

    def draw(self) -> Canvas:
        """Draw the page: heading, bars, legend and credits."""
        sizes, head, foot = self.sizes, self._head_lines(), self._foot_lines(Counter())
        column = sizes.half if sizes.has_side_panel else sizes.inner
        legend = columns(self._legend(column), 2 if sizes.has_side_panel else 1)
        plot = max(0.46 * sizes.inner, 16 * sizes.text)
        above = sizes.margin + self._head_height(head) + 2.6 * sizes.grid
        credits_top = sizes.margin + self._foot_height(foot)
        legend_top = credits_top + max(map(column_height, legend)) + 0.5 * sizes.text
        bottom = legend_top + 2.3 * sizes.grid + 2.2 * sizes.small
        canvas = Canvas(sizes.width, round(bottom + plot + above, 2), self.colours, sizes.px)
        self._draw_head(canvas, head)
        self._draw_bars(canvas, bottom, plot)
        self._draw_legend(canvas, legend, sizes.margin, legend_top, column)
        self._draw_foot(canvas, foot, credits_top)
        return canvas

    def _legend(self, width: float) -> list[Block]:
        content, language = self.content, self.language
        builder = LegendBuilder(self.sizes.px, 0.95 * self.sizes.text, width)
        blocks = [builder.head(say("Answers", language))]
        for answer in _STACK:
            if total := content.counts[:, answer].sum():
                text = f"{label(RECORD_BARS[answer]['label'], language)}: {total:,}"
                blocks.append(builder.entry(Symbol.of(RECORD_BARS[answer]), "area", text))
        versions = say("New versions of the layer", language), content.switches, _LETTERS
        events = say("Events", language), content.events, _NUMBERS
        if content.switches:
            blocks.append(builder.entry(Symbol.of(_SWITCH), "line", versions[0]))
        for title, marks, names in (versions, events):
            blocks += [builder.head(title)] if marks else []
            for name, mark in zip(names, marks, strict=False):
                blocks.append(builder.text(f"{name}  {mark.day}: {mark.text}"))
            if (rest := len(marks) - len(names)) > 0:
                blocks.append(builder.text(say("and {count} more", language, count=rest)))
        return blocks

    def _draw_bars(self, canvas: Canvas, bottom: float, height: float) -> None:
        """Draw the bars in axes of their own."""
        content, sizes, px = self.content, self.sizes, canvas.px
        highest, date_width = content.counts.sum(axis=1).max(), text_width("2000-00-00", sizes.grid)
        left = sizes.margin + 2 * sizes.small + text_width(f"{highest:,}", 1.2 * sizes.grid)
        width = sizes.width - max(sizes.margin, 0.6 * date_width) - left
        shares = np.array([left, bottom, width, height]) / ([canvas.width, canvas.height] * 2)
        axes = canvas.figure.add_axes(tuple(shares.tolist()), facecolor="none", axisbelow=True)
        starts = _DATES.date2num(content.starts)
        steps, low = np.diff(starts), np.zeros(len(starts) - 1)
        for answer in _STACK:
            rule, counts = RECORD_BARS[answer], content.counts[:, answer]
            some = np.flatnonzero(counts)  # thousands of empty units take seconds to make
            begin, span = starts[some] + 0.03 * steps[some], 0.94 * steps[some]
            bars = axes.bar(begin, counts[some], span, low[some], align="edge")
            for bar, start in zip(bars, content.starts[some], strict=True):
                bar.set(gid=f"bar/{start}/{answer}", linewidth=0.9 * px)
                bar.set_facecolor(canvas.colour(rule["fill"], rule["fill_opacity"]))
                bar.set_edgecolor(canvas.colour(rule["fill"]))
                bar.set_hatch(_HATCHES.get(rule.get("hatch", {}).get("angle")))
            low += counts
        axes.set(xlim=starts[[0, -1]], ylim=(0, 1.04 * highest))
        self._draw_marks(axes, canvas, height)
        self._draw_axes(axes, canvas, width / date_width)

    def _draw_marks(self, axes: Axes, canvas: Canvas, height: float) -> None:
        """Draw a line for each new version of the layer, and the names of marks above the bars."""
        content, sizes, px = self.content, self.sizes, canvas.px
        zone, ink = canvas.colour("zone"), canvas.colour("ink")
        points_per_day = axes.get_position().width * sizes.width / np.ptp(axes.get_xlim())
        raised = 1 + 1.6 * sizes.grid / height  # a share of the height of the bars
        for number, mark in enumerate(content.switches, 1):
            line = axes.axvline(
                _DATES.date2num(mark.day), color=zone, linestyle=(0, (6 * px, 3 * px))
            )
            line.set(linewidth=1.3 * px, gid=f"switch/{mark.day}/{number}")
        for marks, names, place, hue, weight in (
            (content.switches, _LETTERS, 1, zone, "bold"),
            (content.events, _NUMBERS, raised, ink, "normal"),
        ):
            days = _DATES.date2num([mark.day for mark in marks[: len(names)]])
            labels = _labels(names, days * points_per_day, 2.6 * sizes.grid)
            row = axes.secondary_xaxis(place)
            row.set_xticks(days, labels, weight=weight)
            row.tick_params(colors=hue, labelsize=sizes.grid, pad=px)
            row.tick_params(length=0.4 * sizes.grid, width=0.9 * px)
            row.spines["top"].set_visible(False)

    def _draw_axes(self, axes: Axes, canvas: Canvas, room: float) -> None:
        """Draw numbers and dates at the axes; there is room for so many dates side by side."""
        sizes, ink, muted = self.sizes, canvas.colour("ink"), canvas.colour("muted")
        unit = say(_UNITS[self.content.unit][1], self.language)
        axes.set_xlabel(say("Date", self.language), size=sizes.small, color=ink)
        axes.set_ylabel(unit, size=sizes.small, color=ink)
        axes.tick_params(labelsize=sizes.grid, labelcolor=muted, color=muted)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="y", color=canvas.colour("grid"), linewidth=0.6 * canvas.px)
        axes.spines[["left", "right", "top"]].set_visible(False)
        axes.spines["bottom"].set(color=muted, linewidth=0.9 * canvas.px)
        # Five dates or more where there is room, and never parts of days.
        most = max(5, int(room / 1.35))
        least = min(int(np.ptp(axes.get_xlim())), 5 if most > 10 else 2)
        dates = _DATES.AutoDateLocator(minticks=least, maxticks=most)
        axes.xaxis.set_major_locator(dates)
        axes.xaxis.set_major_formatter(_DATES.AutoDateFormatter(dates))
        axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.yaxis.set_major_formatter("{x:,.0f}")


def _labels(names: list[str], places: npt.NDArray[np.float64], room: float) -> list[str]:
    """Return what stands at marks: their names, at the first of those too close together a-c."""
    labels, first = [""] * len(places), 0
    for number, place in enumerate(places):
        first = first if place - places[first] < room else number
        labels[first] = "\N{EN DASH}".join(dict.fromkeys((names[first], names[number])))
    return labels
