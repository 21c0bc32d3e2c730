"""Answers of `passable`, on a day and over a span: values, tables, sentences, a chart of days."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pkzone.compare.published import is_schematic, part_of
from pkzone.compare.result import PublishedLength
from pkzone.errors import printable
from pkzone.i18n.messages import Translatable, phrase, say, short_months
from pkzone.layers.terms import STATUSES
from pkzone.queries.road_graph import Answer, Edge, Segment
from pkzone.reports.lengths import drawn_km, length_words, rounding_of_drawing
from pkzone.reports.model import Day, Number, Part, Term, joined, listed, msg, speaker_of
from pkzone.reports.values import Rounding
from pkzone.table import Column, Table
from pkzone.text_layout import escaped_markdown, paragraph

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "PATH_COLUMNS",
    "PERIOD_COLUMNS",
    "AnswerTable",
    "Passage",
    "PassagePeriod",
    "PassageSpan",
    "PassingBy",
    "Terminus",
]

_NO_PROOF = Translatable(
    "Each answer is what the sources report. That no report names a kind of traffic does not "
    "prove that none passed."
)
_FORMER = Translatable(
    "A former road is one that its route has left; who has passed on it since is not recorded."
)


class Terminus(NamedTuple):
    """A place at which segments or links end: its id, and its name for people."""

    id: str
    name: str


class PassingBy(NamedTuple):
    """A segment that is drawn near a place, and has no end there."""

    place: Terminus
    segment: Segment
    distance_m: float


class _Answered:
    """Forms of an answer: those of its table."""

    @property
    def table(self) -> Table:
        """The answer as rows, with what holds for all of them."""
        raise NotImplementedError

    def __str__(self) -> str:
        return self.table.to_text()

    def _repr_html_(self) -> str:
        return self.table._repr_html_()

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain JSON types."""
        return self.table.to_dict()

    def to_frame(self) -> pd.DataFrame:
        """Return the rows of the answer as a DataFrame."""
        return self.table.to_frame()


@dataclass(frozen=True)
class Passage(_Answered):
    """Whether a kind of traffic could pass from one place to another on a day.

    Attributes
    ----------
    origin, destination : Terminus
        Where from and where to. The way back is another question.
    on : datetime.date
        The day.
    traffic : str
        Who travels.
    answer : str
        ``yes``, ``restricted``, ``not known`` or ``no``: that of the worst edge of the best path.
        ``not known`` where nothing in the catalogue joins the two places.
    path : tuple of Edge
        The edges of that path in the order of travel.
    names : mapping of str to str
        Names of the places that roads join, by id.
    passing : tuple of PassingBy
        Where nothing joins the two: roads from the one that pass near the other, as drawn.
    """

    origin: Terminus
    destination: Terminus
    on: date
    traffic: str
    answer: Answer
    path: tuple[Edge, ...] = field(repr=False)
    names: Mapping[str, str] = field(repr=False)
    passing: tuple[PassingBy, ...] = field(default=(), repr=False)

    @property
    def decided_by(self) -> tuple[Edge, ...]:
        """The edges that keep the answer from being yes: of a no, those that block the way."""
        return tuple(one for one in self.path if one.answer == self.answer != "yes")

    @property
    def on_restricted_roads(self) -> bool:
        """Whether it is a yes only because sources name this traffic on roads not open to all."""
        return self.answer == "yes" and any(one.status != "open" for one in self.path)

    @property
    def answer_in_words(self) -> str:
        """The answer; of a yes, whether on restricted roads."""
        return f"{self.answer}, on restricted roads" if self.on_restricted_roads else self.answer

    @property
    def length_drawn_km(self) -> float | None:
        """Length of the path as drawn, rounded to what its lines support."""
        return _drawn_km(self.path) if self.path else None

    @property
    def length_published(self) -> PublishedLength | None:
        """Sum of the published lengths, as exact as the coarsest; none unless each edge has one."""
        return PublishedLength.total(part_of(one.segment.feature) for one in self.path)

    @property
    def table(self) -> Table:
        """The path, an edge a row, under the answer."""
        published = self.length_published
        about = {
            "from": self.origin._asdict(),
            "to": self.destination._asdict(),
            "date": self.on.isoformat(),
            "traffic": self.traffic,
            "answer": self.answer,
            "on_restricted_roads": self.on_restricted_roads,
            "decided_by": [one.ref for one in self.decided_by],
            "length_drawn_km": self.length_drawn_km,
            "length_published_km": published and published.km,
        }
        former = [_FORMER] if any(one.status == "former" for one in self.decided_by) else []
        return AnswerTable(
            "passable",
            PATH_COLUMNS,
            tuple(self._row(one) for one in self.path),
            about,
            (*former, _NO_PROOF),
            names=_names_of(self.path, self.names),
            lead=(
                msg(
                    "{question}, {date}: {answer}",
                    _question(self),
                    Day(self.on.isoformat()),
                    Term(self.answer_in_words),
                ),
                *self._reasons(),
            ),
        )

    def _reasons(self) -> Iterator[Part]:
        """Yield what the answer follows from, and how long the path is."""
        if not self.path:
            yield msg("No road or other link of the catalogue joins the two on that day.")
            for near in self.passing:
                yield msg(
                    "{road} passes {length} km from {place} as drawn and has no end there: "
                    "ask for {ends}.",
                    _name_of(near.segment),
                    Number(near.distance_m / 1000, 1),
                    near.place.name,
                    msg("{one} or {other}", *(self.names[one] for one in near.segment.ends)),
                )
            return
        if self.decided_by:
            head = phrase("Undecided on {roads}.")
            if self.answer == "no":
                head = phrase("Blocked by {roads}.")
            told = (
                msg("{name} ({reason})", _name_of(one.segment), one.reason)
                for one in self.decided_by
            )
            yield msg(head, joined(", ", told))
        modes = dict.fromkeys(str(one.properties.get("mode")) for one in self.path)
        rounding = rounding_of_drawing([one.segment.feature for one in self.path], None)
        lengths = length_words(self.length_published, *_drawn_m(self.path), rounding)
        yield msg("By {modes}: {lengths}.", listed(map(Term, modes)), lengths)

    def _row(self, edge: Edge) -> tuple[Any, ...]:
        published = PublishedLength.total([part_of(edge.segment.feature)])
        stated = map(edge.properties.get, ("traffic", "controller", "certainty", "since", "mode"))
        return (
            edge.ref,
            self.names[edge.start],
            self.names[edge.end],
            edge.answer,
            edge.reason,
            edge.status,
            *stated,
            _drawn_km([edge]),
            published and published.km,
            edge.properties.get("sources"),
        )


class PassagePeriod(NamedTuple):
    """A run of days with one answer: ``[valid_from, valid_to)``.

    ``passages`` has the answer on its first day, and on each later day on which a road changed.
    """

    valid_from: date
    valid_to: date
    passages: tuple[Passage, ...]

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.valid_to - self.valid_from).days

    @property
    def answer(self) -> Answer:
        """The answer of all of its days."""
        return self.passages[0].answer

    @property
    def answer_in_words(self) -> str:
        """The answer; of a yes, whether on restricted roads."""
        return self.passages[0].answer_in_words


@dataclass(frozen=True)
class PassageSpan(_Answered):
    """Whether a kind of traffic could pass from one place to another, over a span of days.

    Attributes
    ----------
    origin, destination : Terminus
        Where from and where to.
    traffic : str
        Who travels.
    start, end : datetime.date
        First and last day that were asked about.
    periods : tuple of PassagePeriod
        Runs of days with one answer, without a gap; where the catalogue begins later than the
        span, from there.
    """

    origin: Terminus
    destination: Terminus
    traffic: str
    start: date
    end: date
    periods: tuple[PassagePeriod, ...] = field(repr=False)

    @property
    def table(self) -> Table:
        """The periods, one a row, above a chart of the days."""
        about = {
            "from": self.origin._asdict(),
            "to": self.destination._asdict(),
            "traffic": self.traffic,
            "first_day": self.start.isoformat(),
            "last_day": self.end.isoformat(),
        }
        begins = self.periods[0].valid_from
        late = Translatable("The catalogue knows no road before {date}.", date=begins.isoformat())
        return AnswerTable(
            "passable-span",
            PERIOD_COLUMNS,
            tuple(map(_period_row, self.periods)),
            about,
            (*[late] * (begins > self.start), _NO_PROOF),
            names=_names_of(
                [edge for one in self.periods for passage in one.passages for edge in passage.path],
                {},
            ),
            lead=(
                msg(
                    "{question}, {first} to {last}",
                    _question(self),
                    Day(self.start.isoformat()),
                    Day(self.end.isoformat()),
                ),
            ),
            periods=self.periods,
        )


@dataclass(frozen=True, repr=False)
class AnswerTable(Table):
    """A table below the sentences that answer the question, and above a chart.

    Attributes
    ----------
    lead : tuple of Part
        Sentences before the table, the answer first.
    periods : tuple of PassagePeriod
        What the chart after the table shows; none without one.
    """

    lead: tuple[Part, ...] = ()
    periods: tuple[PassagePeriod, ...] = field(default=(), repr=False)

    def to_text(self, *, width: int | None = None, strong: Callable[[str], str] = str) -> str:
        """Return the sentences, the table, the chart and the notes."""
        say = speaker_of(self)
        answer, *reasons = (paragraph(say(one), width=width) for one in self.lead)
        notes = [paragraph(say(one), width=width) for one in self.notes]
        blocks = ["\n".join([strong(answer), *reasons])]
        if self.rows:
            blocks.append(self._bare.to_text(width=width, strong=strong).rstrip("\n"))
        return "\n\n".join(filter(None, [*blocks, self._chart(), *notes])) + "\n"

    def _repr_html_(self) -> str:
        texts = map(speaker_of(self), self.lead)
        lead = "".join(f"<p>{escape(printable(one, limit=None))}</p>" for one in texts)
        chart = self._chart()
        return lead + super()._repr_html_() + (f"<pre>{escape(chart)}</pre>" if chart else "")

    def to_markdown(self) -> str:
        """Return the sentences, the table, the chart and the notes."""
        written, chart = self._bare.to_markdown() if self.rows else "", self._chart()
        lead, notes = (
            [f"{escaped_markdown(one)}\n" for one in map(speaker_of(self), parts)]
            for parts in (self.lead, self.notes)
        )
        fenced = f"```text\n{chart}\n```\n" if chart else ""
        return "\n".join(filter(None, [*lead, written, fenced, *notes]))

    @property
    def _bare(self) -> Table:
        """The rows alone."""
        bare = Table(self.name, self.columns, self.rows, names=self.names)
        return bare.in_language(self.language, self.translated)

    def _chart(self) -> str:
        return _chart(self.periods, self.language) if self.periods else ""


PATH_COLUMNS: Final = (
    Column("segment"),
    Column("from", head="start"),
    Column("to", head="end"),
    Column("answer"),
    Column("reason"),
    Column("status", in_text=False),
    Column("traffic", "array", in_text=False),
    Column("controller", rank=3),
    Column("certainty", rank=1),
    Column("since", rank=2),
    Column("mode", in_text=False),
    Column("length_drawn_km", "number", "drawn km", rank=4),
    Column("length_published_km", "number", "published km", rank=4),
    Column("sources", "array", rank=5),
)
PERIOD_COLUMNS: Final = (
    Column("valid_from", "date", "from"),
    Column("valid_to", "date", "until"),
    Column("days", "integer", rank=1),
    Column("answer"),
    Column("statuses", "array", rank=2),
    Column("decided_by", "array", rank=3),
    Column("path", "array", in_text=False),
)


def _question(asked: Passage | PassageSpan) -> Part:
    ends = asked.origin.name, asked.destination.name
    return msg("{origin} to {destination}, {traffic}", *ends, Term(asked.traffic))


def _name_of(segment: Segment) -> str:
    name = segment.feature.properties.get("name")
    return name if isinstance(name, str) and name else segment.ref


def _names_of(path: Iterable[Edge], names: Mapping[str, str]) -> dict[str, str]:
    """Return what people read for the segments of a path, their statuses and sources."""
    statuses = {one.word: one.label for one in STATUSES}
    return {**names, **statuses, **{one.ref: _name_of(one.segment) for one in path}}


def _period_row(period: PassagePeriod) -> tuple[Any, ...]:
    path = [one for passage in period.passages for one in passage.path]
    deciding = [one for passage in period.passages for one in passage.decided_by]
    return (
        period.valid_from.isoformat(),
        period.valid_to.isoformat(),
        period.days,
        period.answer,
        list(dict.fromkeys(one.status or phrase("none stated") for one in deciding or path)),
        list(dict.fromkeys(one.ref for one in deciding)),
        list(dict.fromkeys(one.ref for one in path)),
    )


def _drawn_km(path: Sequence[Edge]) -> float:
    """Return a drawn length: in whole km where a part is schematic, else to 0.1 km."""
    return drawn_km(*_drawn_m(path), _TENTHS)


def _drawn_m(path: Sequence[Edge]) -> tuple[float, float]:
    """Return the drawn length of a path, and how much of it is schematic."""
    rough = (one.length_drawn_m for one in path if is_schematic(one.segment.feature))
    return sum(one.length_drawn_m for one in path), sum(rough)


_TENTHS: Final = Rounding(1000.0)
_SIGNS: Final = {
    phrase("yes"): "#",
    phrase("yes, on restricted roads"): "+",
    phrase("restricted"): "~",
    phrase("not known"): "?",
    phrase("no"): ".",
}
"""Sign of each answer in the chart, the best first."""
_SIGN_DAYS: Final = 5
_SCALE: Final = phrase("A sign is the answer of most of five days; shorter periods may not show.")
_MOST_YEARS: Final = 60


def _chart(periods: Sequence[PassagePeriod], language: str) -> str:
    """Draw periods as text: a line a year, a sign for five days; nothing of over 60 years.

    A sign is the answer of most of its days, of two equally frequent ones the worse.
    """
    first, end = periods[0].valid_from, periods[-1].valid_to
    signs = "".join(_SIGNS[one.answer_in_words] * one.days for one in periods)
    years = range(first.year, (end - timedelta(days=1)).year + 1)
    if len(years) > _MOST_YEARS:
        return ""
    lines = [" " * 5 + "".join(f"{month[:5]:6}" for month in short_months(language))]
    for year in years:
        january = (date(year, 1, 1) - first).days
        days = "".join(
            signs[day] if 0 <= day < len(signs) else " "
            for day in range(january, january + 365 + isleap(year))
        )
        # The last sign of a leap year stands for six.
        cuts = [*range(0, 365, _SIGN_DAYS), len(days)]
        lines.append(f"{year} {''.join(_commonest(days[i:j]) for i, j in pairwise(cuts))}")
    there = ((sign, say(words, language)) for words, sign in _SIGNS.items() if sign in signs)
    legend = "   ".join(map(" ".join, there))
    return "\n".join([*map(str.rstrip, lines), "", legend, say(_SCALE, language)])


def _commonest(signs: str) -> str:
    order = "".join(_SIGNS.values())
    answers = signs.strip() or signs  # blank where no day was asked about
    return max(answers, key=lambda sign: (answers.count(sign), order.find(sign)))
