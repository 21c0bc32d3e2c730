"""Open a versioned catalogue: layers by name, with the events and sources that explain them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from copy import copy
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pkzone.errors import (
    BadReference,
    EventNotFound,
    LayerNotFound,
    SourceNotFound,
    did_you_mean,
    printable,
)
from pkzone.layers import manifest
from pkzone.layers.dates import day_of
from pkzone.layers.json_fields import Fields, read_json
from pkzone.layers.model import Event, Layer, License, Route, Version

if TYPE_CHECKING:
    from pathlib import Path

    from pkzone.layers.figures import Figure
    from pkzone.layers.references import LayerReference
    from pkzone.layers.translations import Translation

__all__ = ["SHIPPED", "Catalogue", "Event", "Layer", "License", "Route", "Version", "catalogue"]

SHIPPED = f"{os.path.dirname(__file__)}/data"  # noqa: PTH120 - pathlib costs too much
"""The folder of the catalogue that pkzone ships."""


class Catalogue(Mapping[str, Layer]):
    """A catalogue: a mapping of layer name to layer, in drawing order.

    Parameters
    ----------
    root : str or os.PathLike
        The folder that holds ``datapackage.json``.
    known_on : str or datetime.date, optional
        Show the catalogue as it was on this day: without what was recorded later.

    Attributes
    ----------
    known_on : datetime.date or None
        The day it is shown as of.
    default_date : datetime.date or None
        The day that maps open on.
    time_zone : str
        Whose civil dates its versions take effect on: an offset such as ``+04:00`` or a name
        such as ``Asia/Baku``; ``UTC`` where it does not say.
    languages : tuple of str
        Languages of the names, the main one first.
    translated : tuple of str
        Languages that its texts are translated into: there is a ``data.<language>.po`` for each.
    licenses : tuple of License
        Terms of the whole.
    edition : Edition
        Who publishes it, and which state of it this is.
    routes : tuple of Route
        Published lengths of whole routes.
    nodes : tuple of Node
        Junctions and border points that ``from_place`` and ``to_place`` of links name beside
        the places.
    regions : tuple of Region
        Countries and other regions that maps name, to tell where they are.

    Raises
    ------
    CatalogueError
        The manifest is missing, damaged or inconsistent.
    """

    def __init__(self, root: str | os.PathLike[str], *, known_on: str | date | None = None) -> None:
        text = os.fspath(root) or "."
        self._root = text.rstrip("/") if text.strip("/") else text
        path = f"{self._root}/{manifest.FILE_NAME}"
        package = Fields(read_json(path, unique_keys=False), path)  # written by a machine
        self.name = package.text("name")
        self.title = package.text("title")
        self.description = package.text("description", "")
        self.default_date: date | None = package.day("default_date", None)
        self.time_zone = package.text("time_zone", "UTC")
        self.known_on = None if known_on is None else day_of(known_on, self.time_zone)
        self.languages = package.texts("languages", ("en",))
        self.licenses = manifest.licenses(package)
        self.edition = manifest.edition(package, self.known_on)
        self.routes = manifest.routes(package)
        self.nodes = manifest.nodes(package)
        self.regions = manifest.regions(package)
        resources = [one for one in package.objects("resources") if "layer" not in one.raw]
        self._figures = next(filter(manifest.is_figures, resources), None)
        self.translated = tuple(filter(None, map(manifest.language_of, resources)))
        self._layers = manifest.layers(package, self._root, self.licenses, self.known_on)

    def __getitem__(self, name: str) -> Layer:
        try:
            return self._layers[name]
        except (KeyError, TypeError):
            choices = f"layers: {', '.join(self)}" if self else "it has no layers yet"
            reason = _no_such("layer", name, self._layers, choices)
            if self._root == SHIPPED:  # whoever forgot to name another has to be told
                reason += "; this is the catalogue that pkzone ships, --catalogue DIR names another"
            raise LayerNotFound(reason) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._layers)

    def __len__(self) -> int:
        return len(self._layers)

    def __repr__(self) -> str:
        known = f", as known on {self.known_on}" if self.known_on else ""
        layers = printable(", ".join(self) or "no layers yet", 400)
        return f"<Catalogue '{printable(self.title)}'{known}: {layers}>"

    def _repr_html_(self) -> str:
        from html import escape

        from pkzone.table import Column, Table

        columns = (
            Column("layer"),
            Column("title"),
            Column("versions", "integer"),
            Column("first"),
            Column("latest"),
        )
        rows = tuple(
            (one.name, one.title, len(one), next(iter(one), None), next(reversed([*one]), None))
            for one in self.layers
        )
        return f"<p>{escape(repr(self))}</p>{Table('layers', columns, rows)._repr_html_()}"

    @property
    def root(self) -> Path:
        """The folder of the catalogue."""
        from pathlib import Path

        return Path(self._root)

    @property
    def known_until(self) -> date | None:
        """The last day of which it can know something.

        That is the day of its release, or of its newest version where that is later; none where
        it has neither.
        """
        days = [one.versions[-1].valid_from for one in self.layers if one.versions]
        if self.edition.released:
            days.append(date.fromisoformat(self.edition.released))
        return max(days, default=None)

    def beyond(self, day: date) -> str:
        """Return what there is to say of a day after `known_until`; nothing of one before."""
        known = self.known_until
        if known is None or day <= known:
            return ""
        return f"not known after {known}: on {day} it is the last known state"

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers in drawing order, the lowest first."""
        return tuple(self._layers.values())

    def cached(self) -> Catalogue:
        """Return the same catalogue with a cache: each version's features are read once."""
        copied = copy(self)
        copied._layers = {name: layer.cached() for name, layer in self._layers.items()}
        return copied

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """All events, by date.

        Raises
        ------
        CatalogueError
            ``events.json`` is missing, damaged or inconsistent; likewise below.
        """
        return manifest.events(f"{self._root}/events.json")

    @cached_property
    def sources(self) -> tuple[Mapping[str, Any], ...]:
        """All sources: read-only CSL-JSON records with at least ``id`` and ``title``."""
        return manifest.sources(f"{self._root}/sources.json")

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Dated figures that sources state (``figures.csv``); none where it has no such table.

        ``pandas.read_csv(catalogue.root / "figures.csv", parse_dates=["date"])`` reads the same.
        """
        from pkzone.layers import figures  # late: listing needs none

        return figures.read(self._figures, self._root) if self._figures else ()

    @cached_property
    def translations(self) -> Mapping[str, Translation]:
        """What it says in other languages (``data.<language>.po``), by language."""
        from pkzone.layers import translations

        return {code: translations.read(self._root, code) for code in self.translated}

    def say(self, text: str, language: str) -> str:
        """Return a text of the catalogue, such as a title, in a language.

        One that its ``data.<language>.po`` does not have is a word of pkzone's, or stays English.

        Examples
        --------
        >>> catalogue().say("Sites", "ru"), catalogue().say("Sites", "fr")
        ('Объекты', 'Sites')
        """
        from pkzone.i18n import messages

        own = self.translations.get(language)
        return (own and own.texts.get(text)) or messages.label(text, language)

    def event(self, event_id: str) -> Event:
        """Return the event with this id, or raise EventNotFound."""
        if event_id in self._events_by_id:
            return self._events_by_id[event_id]
        raise EventNotFound(_no_such("event", event_id, self._events_by_id, "see events.json"))

    def source(self, source_id: str) -> Mapping[str, Any]:
        """Return the source with this id as a CSL-JSON record, or raise SourceNotFound."""
        if source_id in self._sources_by_id:
            return self._sources_by_id[source_id]
        raise SourceNotFound(
            _no_such("source", source_id, self._sources_by_id, "pkzone sources lists them")
        )

    def version(self, reference: str | LayerReference) -> Version:
        """Return the version that ``LAYER``, ``LAYER@VERSION`` or ``LAYER@DATE`` names.

        Raises
        ------
        BadReference, BadDate
            The text names a file, or is not a reference at all.
        LayerNotFound, VersionNotFound
            The catalogue has no such layer, or the layer no such version.
        """
        from pkzone.layers.references import LayerReference, parse  # late: listing needs none

        parsed = parse(reference, self) if isinstance(reference, str) else reference
        if not isinstance(parsed, LayerReference):
            raise BadReference(
                f"{parsed.path!r} names a file, not a layer of the catalogue; "
                "write LAYER, LAYER@VERSION or LAYER@DATE"
            )
        layer = self[parsed.layer]
        return layer.latest if parsed.version is None else layer.find(parsed.version)

    def versions(self, reference: str) -> tuple[Version, ...]:
        """Return the versions of a layer that a reference names, oldest first.

        ``LAYER`` names all of them, ``LAYER@A..B`` those in force at any time from A to B,
        ``LAYER@VERSION`` and ``LAYER@DATE`` those up to that version.

        Raises
        ------
        BadReference, BadDate
            The text names a file, is not a reference, or its range runs backwards.
        LayerNotFound, VersionNotFound
            There is no such layer or version, or the range ends before the first one.
        """
        from pkzone.layers.references import RangeReference, parse_range

        parsed = parse_range(reference, self)
        if isinstance(parsed, RangeReference):
            return parsed.versions(self)
        last = self.version(parsed)
        versions = self[parsed.layer].versions
        return versions[: versions.index(last) + 1]

    @cached_property
    def _events_by_id(self) -> dict[str, Event]:
        return {event.id: event for event in self.events}

    @cached_property
    def _sources_by_id(self) -> dict[str, Mapping[str, Any]]:
        return {str(record["id"]): record for record in self.sources}


def catalogue(
    path: Catalogue | str | os.PathLike[str] | None = None, *, known_on: str | date | None = None
) -> Catalogue:
    """Return a catalogue: the shipped one, or the one in a folder.

    Parameters
    ----------
    path : str or os.PathLike, optional
        Folder with a ``datapackage.json``; without it the catalogue that pkzone ships. A
        Catalogue is returned as it is, or with ``known_on`` read anew from its folder.
    known_on : str or datetime.date, optional
        Show the catalogue as it was on this day: without what was recorded later.

    Raises
    ------
    BadDate
        ``known_on`` is not a date ``YYYY-MM-DD``.
    CatalogueError
        The folder holds no catalogue, or its manifest is damaged or inconsistent.
    """
    if isinstance(path, Catalogue):
        return path if known_on is None else Catalogue(path.root, known_on=known_on)
    return Catalogue(SHIPPED if path is None else path, known_on=known_on)


def _no_such(what: str, name: object, names: Mapping[str, Any], otherwise: str) -> str:
    return f"the catalogue has no {what} {name}; {did_you_mean(name, names)}{otherwise}"
