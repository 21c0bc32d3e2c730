"""What held at a place, as a table and in words: what is stated first, then what is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pkzone.errors import printable
from pkzone.queries.drawn import INSIDE, OUTSIDE, UNCERTAIN
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
    "stated: what the layer of the place says; as drawn: where the outline of the zone has it. "
    "uncertain: nearer to a border than that may be off, too close to say. A distance to the "
    "border is negative inside.",
)


@dataclass(frozen=True, repr=False)
class PlaceTable(Table):
    """What held at a place: as text the periods as a table, or all that is known of one day."""

    def to_text(self, *, width: int | None = None, strong: Callable[[str], str] = str) -> str:
        """Return the periods as a table with what is said of each, one day as a list."""
        rows = self._by_name()
        if "date" in self.about:
            table, remarks = "", _day_told(rows[0])
        else:
            table = f"\n{self._condensed().to_text(width=width, strong=strong)}"
            remarks = _life_told(rows)
        lines = [
            paragraph(text, width=width, indent=" " * 12, first=f"{label:10}  ")
            for label, text in remarks
        ]
        head = strong(printable(_heading(self.about), limit=None))
        return "\n".join([head + table, *lines]) + "\n"

    def to_markdown(self) -> str:
        """Return the same as `to_text`, as a table of Markdown."""
        if "date" in self.about:
            columns = (Column("what"), Column("answer", head=_heading(self.about)))
            told: list[list[str]] = []
            for label, text in _day_told(self._by_name()[0]):
                if label:
                    told.append([label, text])
                else:
                    told[-1][1] += f"; {text}"
            return Table(self.name, columns, tuple(map(tuple, told))).to_markdown()
        remarks = tuple(": ".join(filter(None, pair)) for pair in _life_told(self._by_name()))
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
        return Table(self.name, tuple(columns), cells, notes=self.notes + remarks)


_WHY: Final = {
    "divided": "part of it lies on either side",
    "disputed": "the parties differ",
    "unknown": "no source says",
}


def explanation(row: Mapping[str, Any]) -> str | None:
    """Return why what is stated and what is drawn are not the same; None where they are."""
    stated, zone = row["stated"], row["zone"]
    if stated in _WHY and zone is not None:
        return f"Stated {stated}: {_WHY[stated]}. As drawn {_drawn(row)}."
    if row["agreement"] == DIFFERS:
        where = f"{row['corridor']} the corridor" if stated == "corridor" else _drawn(row)
        return f"Stated {stated}, by its sources, which go first; as drawn {where}."
    return None


def _heading(about: Mapping[str, Any]) -> str:
    place = about["place"]
    named = f"{place['name']}, " if "ref" in place else ""
    when = f" on {about['date']}" if "date" in about else ""
    point = f"{place['lon']:.9g},{place['lat']:.9g}{_good_to(place.get('uncertainty_km'))}"
    return f"{named}{point}{when}"


def _day_told(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is known of one day: what is stated first, then what is drawn."""
    if row["stated"] or row["stated_sources"]:
        stated = row["stated"] or "its layer does not say where it lies"
        yield "stated", _joined(stated, row["stated_certainty"])
        yield "", f"sources: {', '.join(row['stated_sources']) or 'none'}"
        yield from _if_any(row["stated_note"])
    if row["zone"] is not None:
        yield "as drawn", _joined(_drawn(row), row["zone_certainty"])
        if row["zone"] != OUTSIDE and (row["stated"] is None or row["zone_status"] != _IN_FORCE):
            yield from _if_any(row["zone_note"])
    if row["corridor"] is not None:
        corridor = _TOLD.get(row["corridor"], row["corridor"])
        yield "corridor", _joined(corridor, row["corridor_certainty"])
    if row["control"] is not None:
        yield "control", _control(row)
        yield from _if_any(_control_note(row))
    if row["explanation"]:
        yield "compared", row["explanation"]
    if row["road"] is not None:
        yield "road", _road(row)
    until = f"until {row['valid_to']}" if row["valid_to"] else "on; no later state is known"
    yield "this holds", f"from {row['valid_from']} {until}"
    yield from zip(["events", *[""] * len(row["events"])], row["event_titles"], strict=False)


def _life_told(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield by period what is said of the place, each note once, and the events that name it."""
    seen: set[str] = set()
    for row in rows:
        notes = (row["stated_note"], _control_note(row), row["explanation"])
        for note in filter(None, notes):
            if note not in seen:
                yield row["valid_from"], note
            seen.add(note)
        for title in row["event_titles"]:
            yield "", title


_TOLD: Final = {UNCERTAIN: "too close to say"}


def _joined(*parts: str | None) -> str:
    return ", ".join(filter(None, parts))


def _if_any(note: str | None) -> Iterator[tuple[str, str]]:
    if note:
        yield "", note


def _control_note(row: Mapping[str, Any]) -> str | None:
    """Return what the accounts of the parties are, where they bear on the place."""
    note: str | None = row["control_note"]
    return note if row["control"] == INSIDE or row["stated"] in _WHY else None


def _drawn(row: Mapping[str, Any]) -> str:
    """Return where the zone as drawn has a point."""
    area = row["zone_area"]
    if area is None:
        return "outside: there is no zone any more"
    state = "" if row["zone_status"] in (None, _IN_FORCE) else f", which is {row['zone_status']}"
    away, good_to = _away(row["border_km"]), _good_to(row["zone_uncertainty_km"])
    if row["zone"] == UNCERTAIN:
        side = "inside" if row["border_km"] < 0 else "outside"
        return f"too close to say: {away} {side} the border{good_to} of {area}{state}"
    if row["zone"] == INSIDE:
        return f"inside {area}{state}, {away} from the border{good_to}"
    return f"outside, {away} from {area}{good_to}"


def _control(row: Mapping[str, Any]) -> str:
    if row["control_area"] is None:
        return "in no area that is drawn as held"
    named = f"{row['controller'] or _TOLD.get(row['control'], 'held')} ({row['control_area']})"
    return _joined(named, row["control_certainty"])


def _road(row: Mapping[str, Any]) -> str:
    away = f"{_away(row['road_km'])} away as drawn{_good_to(row['road_uncertainty_km'])}"
    traffic = f"traffic: {', '.join(row['road_traffic'])}" if row["road_traffic"] else None
    state = _joined(row["road_status"], row["road_controller"], traffic, row["road_certainty"])
    return f"{row['road']}, {away}: {state}"


def _away(km: float) -> str:
    """Return a distance as people write it."""
    return f"{abs(km):.{0 if abs(km) >= _FAR_KM else 1}f} km" if km else "less than 0.1 km"


def _good_to(km: float | None) -> str:
    return f" (good to about {km:g} km)" if km else ""


_FAR_KM = 100
_IN_FORCE = "in_force"
