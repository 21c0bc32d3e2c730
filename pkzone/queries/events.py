"""List the events of a catalogue: those of a layer, a feature, a span, a kind, a source."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from pkzone.errors import BadDate, BadOption, FeatureNotFound, did_you_mean, printable
from pkzone.i18n.messages import Translatable, phrase
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.layers.dates import overlaps, period_of
from pkzone.layers.names import names_in
from pkzone.reports.model import Day, Joined, Note, Part, Term, joined, msg, speaker_of
from pkzone.table import Column, Table, named_value
from pkzone.text_layout import paragraph

if TYPE_CHECKING:
    from pkzone.layers.model import Event

__all__ = ["EventTable", "events"]

COLUMNS: Final = (
    Column("date", "date"),
    Column("time", rank=3),
    Column("id", rank=2),
    Column("kind"),
    Column("title"),
    Column("summary", rank=4, is_note=True),
    Column("note", rank=4, is_note=True),
    Column("certainty"),
    Column("layers", "array", rank=2),
    Column("features", "array", rank=3),
    Column("sources", "array", rank=3),
    Column("addresses", "array", rank=4, is_linked=True),
    Column("versions", "array", rank=2),
)


@dataclass(frozen=True, repr=False)
class EventTable(Table):
    """Events, oldest first; as text each is a paragraph, since accounts do not fit a column."""

    def to_text(self, *, width: int | None = None, strong: Callable[[str], str] = str) -> str:
        """Return each event as a line with its date and title, and what is said of it."""
        say = speaker_of(self)

        def lines(record: Mapping[str, Any]) -> Iterator[str]:
            date = printable(say(Day(record["date"])))
            title = f"{date}  {say(record['title'])}"
            head = paragraph(title, width=width, indent=" " * 12, first="")
            yield from map(strong, head.split("\n"))
            for part in filter(None, map(say, _said_of(record, self.names))):
                yield paragraph(part, width=width, indent="  ")

        blocks = ["\n".join(lines(record)) for record in self.records()]
        notes = [printable(say(note), limit=None) for note in self.notes]
        return "\n\n".join([*blocks, *notes]) + "\n"


def events(
    layer: str | None = None,
    *,
    feature: str | None = None,
    start: str | date | None = None,
    end: str | date | None = None,
    kind: str | Iterable[str] = (),
    source: str | None = None,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
) -> EventTable:
    """Return the dated events of a catalogue, oldest first.

    Parameters
    ----------
    layer : str, optional
        Only events that concern a layer: that name it or a feature of it, or that a version of
        it cites.
    feature : str, optional
        Only events that name a feature, by ``layer/id`` or by its id alone.
    start, end : str or datetime.date, optional
        Only events from and up to a day; a month or year counts whole. An event whose own date
        is a month or year counts where that overlaps.
    kind : str or iterable of str, optional
        Only events of these kinds, such as ``incident``.
    source : str, optional
        Only events that rest on a source, by its id.
    catalogue : Catalogue, str or os.PathLike, optional
        The catalogue or its folder; without it the one that pkzone ships.

    Returns
    -------
    EventTable
        One row an event: its date, kind, title and summary, which has the accounts of the
        parties where they differ; a note of what is not sure; the certainty, the ids of its
        sources with their addresses, and the versions that cite it.

    Raises
    ------
    BadDate
        A date is none, or ``end`` is before ``start``.
    BadOption
        No event of the catalogue is of such a kind.
    LayerNotFound, FeatureNotFound, SourceNotFound
        The catalogue has no such layer, feature or source.
    CatalogueError
        The catalogue is damaged.

    Examples
    --------
    >>> import pkzone
    >>> shooting = pkzone.events(kind="incident", start="2023-03", end="2023-04")
    >>> shooting.to_frame()[["date", "certainty"]].values.tolist()
    [['2023-03-05', 'corroborated'], ['2023-04-11', 'corroborated']]
    """
    found = open_catalogue(catalogue)
    cited = _versions_citing(found)
    kinds = (kind,) if isinstance(kind, str) else tuple(kind)
    if layer is not None:
        found[layer]  # refuses what is not a layer
    if source is not None:
        found.source(source)
    _check_kinds(kinds, found.events)
    first, last = _span(start, end, found.time_zone)
    names = None if feature is None else _feature_names(feature, layer, found)
    chosen = [
        event
        for event in found.events
        if (layer is None or _concerns(event, layer, cited))
        and (names is None or names & {*event.features})
        and (not kinds or event.kind in kinds)
        and (source is None or source in event.sources)
        and overlaps(event.date, first, last)
    ]
    about = {
        "layer": layer,
        "feature": feature,
        "from": None if start is None else str(start),
        "to": None if end is None else str(end),
        "kinds": list(kinds),
        "source": source,
    }
    addresses = {str(one["id"]): str(one.get("URL") or "") for one in found.sources}
    rows = tuple(_row(event, addresses, cited.get(event.id, ())) for event in chosen)
    return EventTable(
        "events",
        COLUMNS,
        rows,
        {key: value for key, value in about.items() if value},
        () if chosen else (Translatable("No event is known that fits."),),
        names=names_in(rows, found),
    )


def _span(start: str | date | None, end: str | date | None, zone: str) -> tuple[date, date]:
    """Return the first and the last day of a span that may be open at either end."""
    first = date.min if start is None else period_of(start, zone)[0]
    last = date.max if end is None else period_of(end, zone)[1]
    if last < first:
        raise BadDate(f"from {start} to {end}: the end is before the start; exchange them")
    return first, last


def _versions_citing(catalogue: Catalogue) -> Mapping[str, tuple[str, ...]]:
    """Return the references of the versions that cite each event, by its id."""
    cited: dict[str, list[str]] = {}
    for layer in catalogue.layers:
        for version in layer.versions:
            for event in version.events:
                cited.setdefault(event, []).append(version.ref)
    return {event: tuple(refs) for event, refs in cited.items()}


def _concerns(event: Event, layer: str, cited: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether an event names a layer or a feature of it, or a version of it cites it."""
    citing = {ref.partition("@")[0] for ref in cited.get(event.id, ())}
    return layer in citing or event.names(layer)


def _check_kinds(kinds: Iterable[str], events: Iterable[Event]) -> None:
    known = sorted({event.kind for event in events if event.kind})
    for kind in kinds:
        if kind not in known:
            choices = f"kinds: {', '.join(known)}" if known else "its events have no kinds"
            raise BadOption(
                f"the catalogue has no events of kind {printable(kind)}; "
                f"{did_you_mean(kind, known)}{choices}"
            )


def _feature_names(feature: str, layer: str | None, catalogue: Catalogue) -> frozenset[str]:
    """Return the names, as events have them, of the features that an id means.

    Raises
    ------
    FeatureNotFound
        No event names it, and no version of a layer has it.
    """
    home, slash, label = feature.rpartition("/")
    layers = [home] if slash else [layer] if layer is not None else [*catalogue]
    names = frozenset(f"{one}/{label}" for one in layers)
    named = {one for event in catalogue.events for one in event.features}
    if names & named:
        return names
    ids = [f"{one}/{each}" for one in layers for each in _ids(catalogue, one)]
    if names.isdisjoint(ids):
        near = did_you_mean(label, (one.partition("/")[2] for one in ids))
        where = f"layer {layers[0]} has no" if len(layers) == 1 else "no layer has a"
        raise FeatureNotFound(
            f"{where} feature {printable(label)}; {near}pkzone show LAYER lists them"
        )
    return names


def _ids(catalogue: Catalogue, layer: str) -> Iterator[str]:
    contents = {version.sha256: version for version in catalogue[layer].versions}
    for version in contents.values():
        yield from (str(feature.id) for feature in version.features().features)


def _row(event: Event, addresses: Mapping[str, str], versions: Sequence[str]) -> tuple[Any, ...]:
    return (
        event.date,
        event.time or None,
        event.id,
        event.kind or None,
        event.title,
        event.summary or None,
        event.note or None,
        event.certainty or None,
        list(event.layers),
        list(event.features),
        list(event.sources),
        [addresses.get(one, "") for one in event.sources],
        list(versions),
    )


def _said_of(record: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Part]:
    """Yield what is said of an event below its title."""
    yield Note(record["summary"] or "")
    yield Note(record["note"] or "")
    words = (Term(record[key]) for key in ("kind", "certainty") if record[key])
    yield joined(", ", (record["time"], *words))
    for key, said in _LISTS.items():
        if record[key]:
            yield msg(said, Joined(", ", tuple(named_value(record[key], names))))


_LISTS: Final = {
    "features": phrase("features: {names}"),
    "sources": phrase("sources: {names}"),
    "versions": phrase("in versions: {names}"),
}
