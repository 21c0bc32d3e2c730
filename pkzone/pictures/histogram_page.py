"""The sheet of a count over time: stacked bars, new versions as lines, events as numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final

import shapely
from shapely.geometry import box

from pkzone.i18n.messages import label, phrase, say
from pkzone.maps.recordstyle import BARS
from pkzone.pictures.canvas import Ink, line_path, text_width
from pkzone.pictures.furniture import Measures, Paper
from pkzone.pictures.histogram_content import Counts, Dated
from pkzone.pictures.legend import Block, Writer, column_height, columns, draw_blocks
from pkzone.pictures.symbols import Symbol

__all__ = ["draw_chart", "nice_steps", "time_ticks"]

#: Which answers stand on which in a bar, from below: what is surely inside first.
_STACK: Final = (0, 3, 2, 1, 4)
_MOST_LISTED: Final = 60
_FLAT: Final = 0.46
_SWITCH: Final = {"label": "", "strokes": [{"color": "zone", "width": 1.3, "dash": [6, 3]}]}
_MONTHS: Final = (1, 2, 3, 6)
_PER: Final = {
    "day": phrase("Records per day"),
    "week": phrase("Records per week"),
    "month": phrase("Records per month"),
    "year": phrase("Records per year"),
}

Box = tuple[float, float, float, float]


def draw_chart(content: Counts, width_cm: float, theme: str, language: str) -> Ink:
    """Return a drawn sheet; its height follows from its width and the legend."""
    return _Chart(content, Measures.of(width_cm), theme, language).draw()


def nice_steps(most: int, lines: int) -> int:
    """Return the step of round whole numbers of which at most so many reach a number.

    Examples
    --------
    >>> nice_steps(47, 5)
    10
    """
    step = 1
    while most > step * lines:
        power = 10 ** (len(str(step)) - 1)
        step = {1: 2, 2: 5, 5: 10}[step // power] * power
    return step


def time_ticks(first: date, last: date, most: int) -> list[tuple[date, str]]:
    """Return at most so many days in a span where a year, a month or a day begins, with its name.

    Examples
    --------
    >>> [text for _, text in time_ticks(date(2021, 11, 20), date(2022, 2, 3), 4)]
    ['2021-12', '2022-01', '2022-02']
    """
    days = (last - first).days
    for step in (1, 2, 7, 14):
        if days / step <= most and days / step < 32:
            steps = range(first.toordinal(), last.toordinal() + 1, step)
            return [(day, day.isoformat()) for day in map(date.fromordinal, steps)]
    start, end = (one.year * 12 + one.month - 1 for one in (first, last))
    for step in _MONTHS:
        if (end - start) / step <= most:
            return [
                (day, f"{day:%Y-%m}")
                for number in range(start + (-start) % step, end + 1, step)
                if first <= (day := date(number // 12, number % 12 + 1, 1))
            ]
    step = nice_steps(last.year - first.year + 1, most)
    years = range(first.year + (-first.year) % step, last.year + 1, step)
    return [(date(year, 1, 1), str(year)) for year in years if date(year, 1, 1) >= first]


class _Chart(Paper[Counts]):
    def draw(self) -> Ink:
        sizes = self.sizes
        head = self._head_lines()
        foot = self._foot_lines(Counter())
        panel = columns(self._blocks(), 2 if sizes.has_side_panel else 1)
        panel_height = max(map(column_height, panel)) + 0.5 * sizes.text
        marks = 2.6 * sizes.grid
        plot_height = max(_FLAT * sizes.inner, 16 * sizes.text)
        beneath = 2.3 * sizes.grid + 2.2 * sizes.small
        above = self._head_height(head) + marks
        height = round(2 * sizes.margin + above + plot_height + beneath + panel_height
                       + self._foot_height(foot), 2)  # fmt: skip
        ink = Ink(sizes.width, height, self.colours, sizes.px)
        self._draw_head(ink, head)
        top = height - sizes.margin - above
        step = nice_steps(int(self.content.counts.sum(axis=1).max()), 6)
        left = sizes.margin + 1.9 * sizes.small + self._widest(step) + 0.8 * sizes.grid
        window = (left, top - plot_height, sizes.width - sizes.margin, top)
        self._draw_axes(ink, window, step)
        self._draw_bars(ink, window, step)
        self._draw_switches(ink, window)
        self._draw_events(ink, window)
        with ink.group("legend"):
            width = self._column
            for number, blocks in enumerate(panel):
                draw_blocks(ink, blocks, sizes.margin + number * (width + 1.6 * sizes.text),
                            window[1] - beneath, sizes.text * 0.95, width)  # fmt: skip
        self._draw_foot(ink, foot, sizes.margin + self._foot_height(foot))
        return ink

    @property
    def _column(self) -> float:
        wide = self.sizes.has_side_panel
        return self.sizes.inner / 2 - 0.8 * self.sizes.text if wide else self.sizes.inner

    def _highest(self, step: int) -> int:
        return step * math.ceil(int(self.content.counts.sum(axis=1).max()) / step)

    def _widest(self, step: int) -> float:
        return text_width(f"{self._highest(step):,}", self.sizes.grid)

    def _x(self, window: Box, day: date) -> float:
        first, last = self.content.starts[0], self.content.starts[-1]
        share = (day - first).days / max(1, (last - first).days)
        return window[0] + share * (window[2] - window[0])

    def _blocks(self) -> list[Block]:
        """Return the legend: the answers there are, then versions and events by their marks."""
        content, language = self.content, self.language
        writer = Writer(Ink(1, 1, self.colours, self.sizes.px), self.sizes.text * 0.95,
                        self._column)  # fmt: skip
        sums = content.counts.sum(axis=0)
        blocks = [writer.head(say("Answers", language))]
        for answer in _STACK:
            if sums[answer]:
                text = f"{label(BARS[answer]['label'], language)}: {sums[answer]:,}"
                blocks.append(writer.entry(Symbol.of(BARS[answer]), "area", text))
        if content.switches:
            title = say("New versions of the layer", language)
            blocks.append(writer.entry(Symbol.of(_SWITCH), "line", title))
        for title, dated, name in (
            ("New versions of the layer", content.switches, _letters),
            ("Events", content.events, str),
        ):
            if dated:
                blocks.append(writer.head(say(title, language)))
            for number, one in enumerate(dated[:_MOST_LISTED], 1):
                blocks.append(writer.text(f"{name(number)}  {one.day.isoformat()}: {one.text}"))
            if len(dated) > _MOST_LISTED:
                left = say("and {count} more", language, count=len(dated) - _MOST_LISTED)
                blocks.append(writer.text(left))
        return blocks

    def _draw_axes(self, ink: Ink, window: Box, step: int) -> None:
        left, bottom, right, top = window
        size, language = self.sizes.grid, self.language
        highest = self._highest(step)
        with ink.group("axes"):
            for number in range(0, highest + 1, step):
                y = bottom + (top - bottom) * number / highest
                level = line_path(shapely.LineString([(left, y), (right, y)]))
                ink.stroke(level, "grid" if number else "muted", (0.6 if number else 0.9) * ink.px)
                ink.text(left - 0.5 * size, y - 0.36 * size, f"{number:,}", size, "muted",
                         align="right")  # fmt: skip
            room = 1.35 * text_width("2000-00", size)
            most = max(2, int((right - left) / room))
            for day, text in time_ticks(self.content.starts[0], self.content.starts[-1], most):
                x, half = self._x(window, day), text_width(text, size) / 2
                tick = shapely.LineString([(x, bottom), (x, bottom - 0.4 * size)])
                ink.stroke(line_path(tick), "muted", 0.9 * ink.px)
                if x + half <= self.sizes.width - 0.3 * self.sizes.margin:
                    ink.text(x, bottom - 1.5 * size, text, size, "muted", align="center")
        with ink.group("axis-labels"):
            small = self.sizes.small
            ink.text((left + right) / 2, bottom - 1.9 * size - 1.1 * small, say("Date", language),
                     small, align="center")  # fmt: skip
            ink.text(self.sizes.margin + small, (top + bottom) / 2,
                     say(_PER[self.content.unit], language), small, align="center",
                     turned=True)  # fmt: skip

    def _draw_bars(self, ink: Ink, window: Box, step: int) -> None:
        content, highest = self.content, self._highest(step)
        scale = (window[3] - window[1]) / highest
        with ink.group("bars"):
            for place, (start, end) in enumerate(zip(content.starts, content.starts[1:],
                                                     strict=False)):  # fmt: skip
                west, east = self._x(window, start), self._x(window, end)
                gap = min(0.8 * ink.px, 0.1 * (east - west))
                low = window[1]
                for answer in _STACK:
                    count = int(content.counts[place, answer])
                    if not count:
                        continue
                    with ink.group(f"bar/{start.isoformat()}/{answer}"):
                        area = box(west + gap, low, east - gap, low + count * scale)
                        Symbol.of(BARS[answer]).draw(ink, "area", area)
                    low += count * scale

    def _draw_switches(self, ink: Ink, window: Box) -> None:
        size = self.sizes.grid
        with ink.group("switches"):
            for number, one in enumerate(self.content.switches, 1):
                x = self._x(window, one.day)
                with ink.group(f"switch/{one.day.isoformat()}/{number}"):
                    line = shapely.LineString([(x, window[1]), (x, window[3] + 0.3 * size)])
                    Symbol.of(_SWITCH).draw(ink, "line", line)
            for x, text in self._names(window, self.content.switches, _letters):
                ink.text(x, window[3] + 0.5 * size, text, size, "zone", face="bold",
                         align="center")  # fmt: skip

    def _draw_events(self, ink: Ink, window: Box) -> None:
        size = self.sizes.grid
        low = window[3] + 1.7 * size
        with ink.group("events"):
            for one in self.content.events:
                x = self._x(window, one.day)
                tick = shapely.LineString([(x, low - 0.35 * size), (x, low)])
                ink.stroke(line_path(tick), "ink", 0.9 * ink.px)
            for x, text in self._names(window, self.content.events, str):
                ink.text(x, low + 0.25 * size, text, size, align="center")

    def _names(
        self, window: Box, dated: Sequence[Dated], name: Callable[[int], str]
    ) -> Iterator[tuple[float, str]]:
        """Yield where the marks of some days are named; those too close for it share a name."""
        size = self.sizes.grid
        groups: list[list[int]] = []
        for number in range(1, min(len(dated), _MOST_LISTED) + 1):
            x = self._x(window, dated[number - 1].day)
            if groups and x - self._middle(window, dated, groups[-1]) < 2.6 * size:
                groups[-1].append(number)
            else:
                groups.append([number])
        for group in groups:
            first, last = name(group[0]), name(group[-1])
            text = first if len(group) == 1 else f"{first}\N{EN DASH}{last}"
            yield self._middle(window, dated, group), text

    def _middle(self, window: Box, dated: Sequence[Dated], group: Sequence[int]) -> float:
        xs = [self._x(window, dated[number - 1].day) for number in group]
        return sum(xs) / len(xs)


def _letters(number: int) -> str:
    """Return a, b, ..., z, aa, ab, ... for 1, 2, ..."""
    found = ""
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(ord("a") + rest) + found
    return found
