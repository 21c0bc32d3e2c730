"""Records of versions as rows, with the events that explain them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from pkzone.i18n.messages import Translatable
from pkzone.reports.model import Day, Part, msg
from pkzone.table import Column, Table

if TYPE_CHECKING:
    from datetime import date

    from pkzone.layers.catalogue import Catalogue, Event, Version

__all__ = ["VERSION_COLUMNS", "beyond", "events_of", "noting_beyond", "until", "version_row"]

T = TypeVar("T", bound=Table)

VERSION_COLUMNS = (
    Column("layer"),
    Column("version"),
    Column("valid_from", "date", "from", rank=2),
    Column("valid_to", "date", "until", rank=1),
    Column("feature_count", "integer", "features", rank=3),
    Column("title"),
    Column("record", "integer", in_text=False),
    Column("recorded", "date", in_text=False),
    Column("withdrawn", in_text=False),
    Column("events", "array", in_text=False),
    Column("source_ids", "array", in_text=False),
    Column("licenses", "array", in_text=False),
    Column("bbox", "array", in_text=False),
    Column("path", in_text=False),
    Column("sha256", in_text=False),
    Column("size_bytes", "integer", in_text=False),
)
"""Columns of a record of a version; a withdrawn one has the reason under ``withdrawn``."""


def version_row(version: Version, events: Sequence[Any] | None = None) -> tuple[Any, ...]:
    """Return a record of a version as a row, with the ids of its events unless others are given."""
    return (
        version.layer,
        version.id,
        version.valid_from.isoformat(),
        version.valid_to.isoformat() if version.valid_to else None,
        version.feature_count,
        version.title,
        version.record,
        version.recorded.isoformat(),
        version.withdrawn or None,
        list(version.events if events is None else events),
        list(version.source_ids),
        [one.name for one in version.licenses],
        list(version.bbox) if version.bbox else None,
        version.file,
        version.sha256,
        version.size_bytes,
    )


def until(version: Version) -> Part:
    """Return until when a version is in force."""
    if version.valid_to is None:
        return msg("no later state known")
    return msg("until {date}", Day(version.valid_to.isoformat()))


def beyond(catalogue: Catalogue, *asked: str | None) -> tuple[str, ...]:
    """Return what there is to say of days after the last known one, each once.

    What was asked for is a date, or a reference whose date names no version by its id.
    """
    return tuple(catalogue.beyond(day) for day in _days_beyond(catalogue, asked))


def _days_beyond(catalogue: Catalogue, asked: Iterable[str | None]) -> list[date]:
    days = (_day_of(catalogue, one) for one in asked if one)
    return [day for day in dict.fromkeys(days) if day and catalogue.beyond(day)]


def _day_of(catalogue: Catalogue, asked: str) -> date | None:
    from pkzone.layers.dates import period_of
    from pkzone.layers.references import LayerReference, parse

    if "@" in asked:
        parsed = parse(asked, catalogue)
        if not isinstance(parsed, LayerReference) or not parsed.version:
            return None
        if parsed.version in catalogue[parsed.layer]:
            return None
        asked = parsed.version
    return period_of(asked, catalogue.time_zone)[0]


def noting_beyond(table: T, catalogue: Catalogue, *asked: str | None) -> T:
    """Return a table with notes of what `beyond` says."""
    notes = tuple(
        Translatable(
            "Not known after {known}: on {day} it is the last known state.",
            known=str(catalogue.known_until),
            day=day.isoformat(),
        )
        for day in _days_beyond(catalogue, asked)
    )
    return replace(table, notes=(*table.notes, *notes)) if notes else table


def events_of(version: Version, catalogue: Catalogue) -> list[Event]:
    """Return the events that explain a version, by date."""
    events = (catalogue.event(event_id) for event_id in version.events)
    return sorted(events, key=lambda event: event.date)
