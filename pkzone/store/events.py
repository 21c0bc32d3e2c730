"""Add an event to a catalogue, as a record of ``events.json``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date as Day  # noqa: N812 - the parameter has its name
from typing import Any

from pkzone.errors import BadOption, FeatureNotFound, did_you_mean, printable
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.dates import interval_of
from pkzone.layers.model import Layer
from pkzone.layers.terms import CERTAINTIES
from pkzone.store import lists, transaction
from pkzone.store.ids import ids_on_lines
from pkzone.store.lists import Added, Draft, checked
from pkzone.store.manifest_writer import checked_text

__all__ = ["add_event"]

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]([ (].*)?")


def add_event(
    date: str | Day,
    title: str,
    *,
    catalogue: Catalogue | str | os.PathLike[str],
    id: str | None = None,  # noqa: A002 - as events have it
    time: str | None = None,
    kind: str | None = None,
    summary: str | None = None,
    layers: Sequence[str] = (),
    features: Sequence[str] = (),
    sources: Sequence[str] = (),
    certainty: str | None = None,
    note: str | None = None,
    dry_run: bool = False,
    lock_timeout: float = transaction.TIMEOUT_S,
) -> Added:
    """Add an event to ``events.json``, which otherwise stays byte for byte.

    Parameters
    ----------
    date : str or datetime.date
        When it happened: ``2024-05-01``, or ``2024-05`` or ``2024`` where no more is known.
    title : str
        What happened, in a few words.
    catalogue : Catalogue, str or os.PathLike
        The catalogue or its folder.
    id : str, optional
        What versions name it by; without it one of the title and the date.
    time : str, optional
        The time of the day, with whose it is: ``10:30 (UTC+4)``.
    kind : str, optional
        A word of the catalogue's own, such as ``incident``.
    summary : str, optional
        What happened, in some sentences.
    layers, features, sources : sequence of str, optional
        What it concerns, and on whose word: names of layers, ``LAYER/ID`` of features in any
        version, ids of sources. The catalogue has them.
    certainty : str, optional
        ``agreed``, ``corroborated``, ``reported`` or ``inferred``.
    note : str, optional
        What is not sure, of the date or between the sources.
    dry_run : bool, optional
        Only return what would be added.
    lock_timeout : float, optional
        Seconds to wait for another process that is changing the catalogue.

    Returns
    -------
    Added
        The record; ``outcome`` is ``present`` where the list has it already, under this id or,
        where none is given, any.

    Raises
    ------
    BadOption, BadDate
        The time, certainty, id or date is none.
    CannotPublish
        A text is not a text, or the id is that of another record.
    LayerNotFound, FeatureNotFound, SourceNotFound
        What is named does not exist.
    CatalogueError, CatalogueLocked, OutputError
        The catalogue is damaged, in use, or cannot be written to. It is as it was before.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import pkzone
    >>> with TemporaryDirectory() as folder:
    ...     own = pkzone.init(folder, title="Buffer zone")
    ...     pkzone.add_event("2024-05-01", "Posts move", kind="movement", catalogue=own).id
    'posts-move-2024-05-01'
    """
    day = Day.isoformat(date) if isinstance(date, Day) else date
    interval_of(day)
    words = [one.word for one in CERTAINTIES]
    members: dict[str, Any] = {
        "date": day,
        "time": None if time is None else _checked_time(time, day),
        "kind": checked("the kind", kind),
        "title": checked_text(title, "the title"),
        "summary": checked("the summary", summary),
        "layers": list(dict.fromkeys(layers)) or None,
        "features": list(dict.fromkeys(features)) or None,
        "sources": list(dict.fromkeys(sources)) or None,
        "certainty": None if certainty is None else lists.one_of("certainty", certainty, words),
        "note": checked("the note", note),
    }

    def check(opened: Catalogue) -> None:
        for name in layers:
            opened[name]
        for name in sources:
            opened.source(name)
        _check_features(features, opened)

    draft = Draft(
        id,
        lists.readable_id([title, "event"], day),
        {key: value for key, value in members.items() if value is not None},
    )
    return lists.add(catalogue, "events", draft, check, dry_run=dry_run, lock_timeout=lock_timeout)


def _checked_time(time: str, day: str) -> str:
    if len(day) < 10:
        raise BadOption(f"a time goes with a day, and {day} is more than one; leave one out")
    if not _TIME.fullmatch(checked_text(time, "the time")):
        raise BadOption(f"{printable(time)!r} is not a time; write 10:30, or 10:30 (UTC+4)")
    return time


def _check_features(names: Iterable[str], catalogue: Catalogue) -> None:
    wanted: dict[str, set[str]] = {}
    for name in names:
        layer, slash, label = name.partition("/")
        if not (layer and slash and label):
            raise BadOption(f"{printable(name)!r} is not a feature; write LAYER/ID")
        wanted.setdefault(layer, set()).add(label)
    for layer, labels in wanted.items():
        left, known = set(labels), set[str]()
        for ids in _ids(catalogue[layer]):
            left -= ids
            known |= ids
            if not left:
                break
        for label in sorted(left):
            raise FeatureNotFound(
                f"no version of {layer} has a feature {printable(label)}; "
                f"{did_you_mean(label, known)}pkzone show {layer} lists them"
            )


def _ids(layer: Layer) -> Iterator[set[str]]:
    """Yield the ids in each file that the layer ever had, the newest first."""
    for one in {record.sha256: record for record in reversed(layer.records)}.values():
        on_lines = ids_on_lines(one.read_bytes())
        if len(on_lines) == one.feature_count:
            yield on_lines
        else:  # written by other hands
            yield {str(feature.id) for feature in one.features().features}
