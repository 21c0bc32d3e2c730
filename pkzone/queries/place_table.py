"""What held at a place, as a table and in words: what is stated first, then what is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from pkzone.errors import printable
from pkzone.i18n.messages import Translatable, phrase
from pkzone.queries.drawn import INSIDE, OUTSIDE, UNCERTAIN
from pkzone.reports.model import Day, Digits, Joined, Note, Part, Term, joined, msg, speaker_of
from pkzone.reports.properties import parties
from pkzone.table import Column, Table, named_value
from pkzone.text_layout import paragraph

__all__ = ["AGREES", "COLUMNS", "DIFFERS", "LEGEND", "PlaceTable", "explanation"]

AGREES, DIFFERS = "agrees", "differs"
"""How the drawing may stand to what is stated; it may also be too close to say."""

COLUMNS: Final = (
    Column("valid_from", "date", "from"),
    Column("valid_to", "date", "until"),
    Column("stated"),
    Column("stated_certainty", head="certainty"),
    Column("stated_sources", "array", in_text=False),
    Column("zone", head="as drawn"),
    Column("zone_area", in_text=False),
    Column("zone_status", in_text=False),
    Column("zone_certainty", in_text=False),
    Column("zone_uncertainty_km", "number", in_text=False),
    Column("border_km", "number", rank=1),
    Column("corridor", rank=1),
    Column("corridor_certainty", in_text=False),
    Column("agreement", in_text=False),
    Column("control", in_text=False),
    Column("control_area", in_text=False),
    Column("controller", rank=1),
    Column("control_certainty", in_text=False),
    Column("road", head="nearest road in use", rank=2),
    Column("road_status", head="state", rank=2),
    Column("road_controller", in_text=False),
    Column("road_traffic", "array", in_text=False),
    Column("road_certainty", in_text=False),
    Column("road_km", "number", "km", rank=2),
    Column("road_uncertainty_km", "number", in_text=False),
    Column("events", "array", in_text=False),
    Column("event_titles", "array", in_text=False),
    Column("stated_note", in_text=False),
    Column("zone_note", in_text=False),
    Column("control_note", in_text=False),
    Column("explanation", in_text=False),
)
LEGEND: Final = (
    Translatable(
        "stated: what the layer of the place says; as drawn: where the outline of the zone has it. "
        "uncertain: nearer to a border than that may be off, too close to say. A distance to the "
        "border is negative inside."
    ),
)
Remark: TypeAlias = tuple[Part, Part]
"""What is said under a label; without one it belongs to the remark before it."""


@dataclass(frozen=True, repr=False)
class PlaceTable(Table):
    """What held at a place: as text the periods as a table, or all that is known of one day."""

    def to_text(self, *, width: int | None = None, strong: Callable[[str], str] = str) -> str:
        """Return the periods as a table with what is said of each, one day as a list."""
        say, rows = speaker_of(self), self._by_name()
        if "date" in self.about:
            table, remarks = "", _day_told(rows[0])
        else:
            table = f"\n{self._condensed().to_text(width=width, strong=strong)}"
            remarks = _life_told(rows)
        told = [(printable(say(label)), say(text)) for label, text in remarks]
        column = max([10, *(len(label) for label, _ in told)]) + 2
        lines = [
            paragraph(text, width=width, indent=" " * column, first=label.ljust(column))
            for label, text in told
        ]
        head = strong(printable(say(_heading(self.about)), limit=None))
        return "\n".join([head + table, *lines]) + "\n"

    def to_markdown(self) -> str:
        """Return the same as `to_text`, as a table of Markdown."""
        say = speaker_of(self)
        if "date" in self.about:
            columns = (
                Column("what", head=say(msg("what"))),
                Column("answer", head=say(_heading(self.about))),
            )
            told: list[list[str]] = []
            for label, text in _day_told(self._by_name()[0]):
                if label:
                    told.append([say(label), say(text)])
                else:
                    told[-1][1] += f"; {say(text)}"
            return Table(self.name, columns, tuple(map(tuple, told))).to_markdown()
        remarks = tuple(say(joined(": ", pair)) for pair in _life_told(self._by_name()))
        return self._condensed(remarks).to_markdown()

    def _by_name(self) -> list[dict[str, Any]]:
        """Return the rows with names of areas, roads and sources for their ids."""
        return [
            {key: named_value(value, self.names) for key, value in row.items()}
            for row in self.records()
        ]

    def _condensed(self, remarks: tuple[str, ...] = ()) -> Table:
        """Return the columns for people, and periods in which these stay the same as one.

        What nothing is known of all the time, such as a corridor in a catalogue without one, has
        no column.
        """
        records = self._by_name()
        columns = [
            column
            for column in COLUMNS
            if column.in_text
            and (column.rank == 0 or any(one[column.name] is not None for one in records))
        ]
        rows: list[dict[str, Any]] = []
        for record in records:
            row = {column.name: record[column.name] for column in columns}
            if rows and row == {
                **rows[-1],
                "valid_from": row["valid_from"],
                "valid_to": row["valid_to"],
            }:
                rows[-1]["valid_to"] = row["valid_to"]
            else:
                rows.append(row)
        cells = tuple(tuple(row.values()) for row in rows)
        table = Table(self.name, tuple(columns), cells, notes=self.notes + remarks)
        return table.in_language(self.language, self.translated)


_WHY: Final = {
    "divided": phrase("part of it lies on either side"),
    "disputed": phrase("the parties differ"),
    "unknown": phrase("no source says"),
}


def explanation(row: Mapping[str, Any]) -> Part:
    """Return why what is stated and what is drawn are not the same; None where they are."""
    stated, zone = row["stated"], row["zone"]
    if stated in _WHY and zone is not None:
        why = msg(_WHY[stated])
        return msg("Stated {status}: {why}. As drawn {where}.", Term(stated), why, _drawn(row))
    if row["agreement"] == DIFFERS:
        where = _drawn(row)
        if stated == "corridor":
            where = msg("outside the corridor")
        return msg(
            "Stated {status}, by its sources, which go first; as drawn {where}.",
            Term(stated),
            where,
        )
    return None


def _heading(about: Mapping[str, Any]) -> Part:
    place = about["place"]
    lonlat = f"{place['lon']:.9g},{place['lat']:.9g}"
    point = Joined("", (lonlat, _accuracy(place.get("uncertainty_km"))))
    named = joined(", ", (place["name"] if "ref" in place else "", point))
    return msg("{place} on {date}", named, Day(about["date"])) if "date" in about else named


def _day_told(row: Mapping[str, Any]) -> Iterator[Remark]:
    """Yield what is known of one day: what is stated first, then what is drawn."""
    if row["stated"] or row["stated_sources"]:
        unsaid = msg("its layer does not say where it lies")
        stated = Term(row["stated"]) if row["stated"] else unsaid
        yield msg("stated"), _joined(stated, row["stated_certainty"])
        yield "", msg("sources: {names}", joined(", ", row["stated_sources"]) or msg("none stated"))
        yield from _if_any(row["stated_note"])
    if row["zone"] is not None:
        yield msg("as drawn"), _joined(_drawn(row), row["zone_certainty"])
        if row["zone"] != OUTSIDE and (row["stated"] is None or row["zone_status"] != _IN_FORCE):
            yield from _if_any(row["zone_note"])
    if row["corridor"] is not None:
        yield msg("corridor"), _joined(_answer(row["corridor"]), row["corridor_certainty"])
    if row["control"] is not None:
        yield msg("control"), _joined(_control(row), row["control_certainty"])
        yield from _if_any(_control_note(row))
    if why := explanation(row):
        yield msg("compared"), why
    if row["road"] is not None:
        yield msg("road"), _road(row)
    first, after = (Day(row[key] or "") for key in ("valid_from", "valid_to"))
    span = msg("from {date} on; no later state is known", first)
    yield msg("this holds"), msg("from {first} until {after}", first, after) if after.text else span
    labels = (msg("events"), *[""] * len(row["events"]))
    yield from zip(labels, row["event_titles"], strict=False)


def _life_told(rows: Iterable[Mapping[str, Any]]) -> Iterator[Remark]:
    """Yield by period what is said of the place, each note once, and the events that name it."""
    seen: set[Part] = set()
    for row in rows:
        notes = (row["stated_note"], _control_note(row))
        for note in (*(Note(one) for one in notes if one), explanation(row)):
            if note and note not in seen:
                yield Day(row["valid_from"]), note
            seen.add(note)
        for title in row["event_titles"]:
            yield "", title


_TOLD: Final = {phrase("uncertain"): phrase("too close to say")}


def _answer(word: str) -> Part:
    return Term(_TOLD.get(word, word))


def _joined(told: Part, certainty: str | None) -> Part:
    return joined(", ", (told, Term(certainty) if certainty else None))


def _if_any(note: str | None) -> Iterator[Remark]:
    if note:
        yield "", Note(note)


def _control_note(row: Mapping[str, Any]) -> str | None:
    """Return what the accounts of the parties are, where they bear on the place."""
    note: str | None = row["control_note"]
    return note if row["control"] == INSIDE or row["stated"] in _WHY else None


def _drawn(row: Mapping[str, Any]) -> Part:
    """Return where the zone as drawn has a point."""
    area: Part = row["zone_area"]
    if area is None:
        return msg("outside: there is no zone any more")
    if row["zone_status"] not in (None, _IN_FORCE):
        area = msg("{area}, which is {status}", area, Term(row["zone_status"]))
    parts = _away(row["border_km"]), _accuracy(row["zone_uncertainty_km"])
    if row["zone"] == INSIDE:
        return msg("inside {area}, {length} from the border{accuracy}", area, *parts)
    if row["zone"] != UNCERTAIN:
        return msg("outside, {length} from {area}{accuracy}", parts[0], area, parts[1])
    if row["border_km"] < 0:
        inside = phrase("too close to say: {length} inside the border{accuracy} of {area}")
        return msg(inside, *parts, area)
    outside = phrase("too close to say: {length} outside the border{accuracy} of {area}")
    return msg(outside, *parts, area)


def _control(row: Mapping[str, Any]) -> Part:
    if row["control_area"] is None:
        return msg("in no area that is drawn as held")
    who = parties(row["controller"]) if row["controller"] else None
    held = msg("held") if row["control"] == INSIDE else _answer(row["control"])
    return msg("{controller} ({area})", who or held, row["control_area"])


def _road(row: Mapping[str, Any]) -> Part:
    away = msg(
        "{length} away as drawn{accuracy}",
        _away(row["road_km"]),
        _accuracy(row["road_uncertainty_km"]),
    )
    traffic = joined(", ", map(Term, row["road_traffic"] or ()))
    state = (
        Term(row["road_status"] or ""),
        parties(row["road_controller"] or ""),
        msg("traffic: {names}", traffic) if traffic else None,
        Term(row["road_certainty"] or ""),
    )
    told = joined(", ", (part for part in state if str(part)))
    return msg("{road}, {away}: {state}", row["road"], away, told)


def _away(km: float) -> Part:
    """Return a distance as people write it."""
    number = Digits(f"{abs(km) or _LEAST_KM:.{0 if abs(km) >= _FAR_KM else 1}f}")
    length = msg("{number} km", number)
    return length if km else msg("less than {length}", length)


def _accuracy(km: float | None) -> Part:
    """Return in brackets how far off a place or line may be; nothing where that is not stated."""
    if not km:
        return ""
    about = msg("good to about {length}", msg("{number} km", Digits(f"{km:g}")))
    return Joined("", (" (", about, ")"))


_LEAST_KM: Final = 0.1
_FAR_KM: Final = 100
_IN_FORCE: Final = "in_force"
