"""The data block of a difference's page: the diff as its JSON, its words, what is drawn."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pkzone.compare.published import SCHEMATIC, is_schematic
from pkzone.errors import BadDate, VersionNotFound
from pkzone.i18n.messages import LANGUAGES
from pkzone.layers.dates import parse_day
from pkzone.layers.manifest import LANGUAGE_CODE
from pkzone.layers.names import publisher_of
from pkzone.layers.terms import controller_of
from pkzone.maps import geometry, languages, leads, world
from pkzone.maps.diff import style
from pkzone.maps.diff.marks import Mark, marks_in_hands
from pkzone.maps.diff.sides import Side, sides_of
from pkzone.maps.geometry import boxes_of, extent
from pkzone.maps.payload import (
    citation_of,
    cited_by,
    combined_hash,
    licence_records,
    region_records,
    source_records,
)
from pkzone.maps.selection import layers_near
from pkzone.maps.style import BASE, FOCUS
from pkzone.reports.as_json import rounded
from pkzone.reports.diff_report import report_of
from pkzone.reports.model import ChangeRow, Figure, Note, Part, Report, Section, worded
from pkzone.reports.names import names_in

if TYPE_CHECKING:
    from pkzone.compare.result import Change, Diff
    from pkzone.geojson.model import Feature
    from pkzone.layers.catalogue import Catalogue

__all__ = ["MAX_DRAWN", "SCHEMA", "build", "figure_tables", "page_content"]

SCHEMA: Final = "pkzone.diffmap/1"
#: Most marks and features of both sides that a page draws; see `build`.
MAX_DRAWN: Final = 4000
_ZONE: Final = "zone"
_PLACES: Final = "places"
_SHORT: Final = ("name", "kind", "rank")
_NAME: Final = re.compile(f"name_{LANGUAGE_CODE.pattern}")

Say: TypeAlias = Callable[[Part], str]
"""Words a part of a report in the language of the page."""


def build(diff: Diff, catalogue: Catalogue, say: Say = worded) -> dict[str, Any]:
    """Return everything that a map of a difference shows, as plain JSON types.

    Parameters
    ----------
    diff : Diff
        The difference.
    catalogue : Catalogue
        Where its versions came from; it serves the sides that it holds with the very same
        content, and around files that lie in them the base drawing and the places.
    say : callable, optional
        Words a part of the report; in English by default.

    Returns
    -------
    dict
        ``diff`` is `Diff.to_dict`; ``lead``, ``boxes``, ``notes``, ``routes``, ``changes`` and
        ``events`` are what the report says of it in words. ``marks`` are the parts of the
        difference that are drawn, each with the ``row`` it belongs to, ``sides`` the features
        of both versions, ``context`` the base drawing and the places; all refer to
        ``geometries`` (see `pkzone.maps.geometry.Geometries`). ``citation`` is what
        `pkzone.maps.payload.citation_of` returns where the catalogue holds both sides.

    Raises
    ------
    CatalogueError, HashMismatch, GeoJSONError
        The catalogue is damaged.

    Notes
    -----
    A page draws at most `MAX_DRAWN` marks and features: first the marks in the order of the
    report, then both versions whole if there is room, else the features that differ.
    ``left_out`` counts what is missing; numbers and rows are always complete.
    """
    sides = sides_of(diff, catalogue)
    known = catalogue if any(side.version for side in sides) else None
    all_marks = list(marks_in_hands(diff, *(side.features for side in sides)))
    marks = all_marks[:MAX_DRAWN]
    wanted = [side.features for side in sides]
    if sum(map(len, wanted)) > MAX_DRAWN - len(marks):
        room = (MAX_DRAWN - len(marks)) // 2
        wanted = [side.changed[:room] for side in sides]
    report = report_of(diff)
    drawn = _Drawn(diff, sides, leads.towns_of(known) if known else {})
    home = extent(boxes_of([mark.geometry for mark in marks])) or extent(
        boxes_of([feature.geometry for features in wanted for feature in features])
    )
    # Files have no catalogue, but they lie somewhere: what a map of them has around them.
    ground = known or (catalogue if layers_near(catalogue, (*BASE, _PLACES), home) else None)
    context = [] if ground is None else drawn.context(ground)
    regions = world.regions_around(catalogue, home)
    changes = drawn.change_rows(report, say)
    events = [event.to_dict() for event in diff.events]
    cited = {source for row in (*changes, *events) for source in row.get("sources", ())}
    cited.update(diff.sources)
    look = style.table(sides[1].layer)
    return {
        "schema": SCHEMA,
        "title": say(report.full_title),
        "languages": list(known.languages if known else LANGUAGES),
        "heads": [say(head) for head in report.heads],
        "base": diff.base.ref,
        "target": diff.target.ref,
        "licenses": licence_records(ground) if ground else [],
        "citation": _citation(diff, sides, known, say(report.full_title)),
        "style": look,
        "diff": diff.to_dict(),
        "lead": [say(sentence) for sentence in report.lead],
        "boxes": figure_tables(report, say),
        "notes": [say(note) for note in (*report.notes, *report.notices)],
        "routes": route_rows(report, say),
        "changes": changes,
        "affected": drawn.affected_rows(report, context, say),
        "events": events,
        "sources": [
            *(source_records(known, cited) if known else []),
            *([world.SOURCE] if world.is_world(regions) else []),
        ],
        "marks": list(map(drawn.mark, marks)),
        "sides": list(map(drawn.side, map(say, report.sides), sides, wanted)),
        "context": context,
        "home": home,
        "regions": region_records(regions),
        "borders": world.borders_of(regions),
        "left_out": {
            "marks": len(all_marks) - len(marks),
            "features": sum(side.count for side in sides) - sum(map(len, wanted)),
        },
        **drawn.geometries.to_dict(),
    }


def page_content(
    diff: Diff,
    catalogue: Catalogue,
    lang: str | None = None,
    wanted: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Return what `build` does, with the words that put it into the languages of a page.

    Parameters
    ----------
    diff, catalogue
        As for `build`.
    lang, wanted
        The language that the page opens in, and those that it is limited to: see
        `pkzone.maps.languages.opening`.

    Raises
    ------
    BadOption
        There is no such language.
    """
    said: dict[str, Part] = {}

    def say(part: Part) -> str:
        text = worded(part)
        # Of a free text the page itself says which language it is in.
        said.setdefault(text, text if isinstance(part, Note) else part)
        return text

    content = build(diff, catalogue, say)
    content |= languages.opening(content["languages"], lang, wanted)
    offers = languages.offered(content["languages"], wanted)
    words = languages.words_of(
        offers, content["style"], catalogue, _titles(content), languages.DIFF_SCRIPTS
    )
    others = [code for code in offers if code != "en"]
    names = {code: names_in(code, catalogue, diff) for code in others}
    phrases = {
        text: [worded(part, code, names[code]) for code in others] for text, part in said.items()
    }
    content["publishers"] = _publishers(catalogue, said) if diff.source_names else []
    own = {text: forms for text, forms in phrases.items() if {*forms} - {text}}
    return content | {"words": {**words, "phrases": {**own, **words["phrases"]}}}


def _publishers(catalogue: Catalogue, texts: Iterable[str]) -> list[str]:
    """Return the publishers of sources that texts name, the longest first."""
    told = "\n".join(texts)
    names = {publisher_of(source) for source in catalogue.sources}
    return sorted((name for name in names if name in told), key=lambda name: (-len(name), name))


def _titles(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a page shows of the catalogue's own texts."""
    yield content["citation"]["title"]
    for one in (*content["sides"], *content["context"]):
        yield one["title"] or ""
    for event in content["events"]:
        yield from (event[key] for key in ("title", "summary") if key in event)


def _citation(
    diff: Diff, sides: Sequence[Side], known: Catalogue | None, title: str
) -> dict[str, str]:
    """Return how a difference is cited: by its catalogue, where both sides are of it."""
    hashes = [one.info.sha256 for one in sides]
    if known is not None and all(one.version for one in sides):
        return citation_of(known, filter(None, hashes))
    both = combined_hash(filter(None, hashes)) if all(hashes) else ""
    return {"title": title, **({"sha256": both} if both else {})}


class _Drawn:
    """Turns what is drawn into plain JSON types; every geometry is stored once."""

    def __init__(self, diff: Diff, sides: Sequence[Side], towns: Mapping[str, leads.Town]) -> None:
        self.geometries = geometry.Geometries()
        self._towns = towns
        self._diff = diff
        self._sides = sides

    def _index(self, of: dict[str, Any] | None) -> int | None:
        return None if of is None else self.geometries.add(of)

    def mark(self, mark: Mark) -> dict[str, Any]:
        side = self._sides[0 if mark.side == "base" else 1]
        about = ("row", "sheet", "layer", "id", "change", "side", "not_in_use", "controller")
        members = {name: side.layer if name == "layer" else getattr(mark, name) for name in about}
        basis = {"geometry_basis": SCHEMATIC} if mark.is_schematic else {}
        return members | basis | {"geometry": self._index(mark.geometry)}

    def side(self, name: str, side: Side, features: Sequence[Feature]) -> dict[str, Any]:
        version = side.version
        return {
            "layer": side.layer,
            "told": name,
            "title": version.title if version else None,
            "features": [
                self._feature(feature) | {"change": side.change_of(feature)} | self._lead(feature)
                for feature in features
            ],
        }

    def _lead(self, feature: Feature) -> dict[str, int]:
        lead = leads.lead_of(feature, self._towns)
        return {"lead": self.geometries.add(lead)} if lead else {}

    def _feature(self, feature: Feature) -> dict[str, Any]:
        given = feature.properties
        short = {key: given[key] for key in given if key in _SHORT or _NAME.fullmatch(key)}
        if is_schematic(feature):
            short["geometry_basis"] = SCHEMATIC
        index = self._index(feature.geometry)
        return {"id": feature.id, "properties": short, "geometry": index}

    def change_rows(self, report: Report, say: Say) -> list[dict[str, Any]]:
        """Return the rows of the changes with the ``shapes`` that they stand for."""
        pairs = zip(report.changes, self._diff.changes, strict=True)
        changes = [change_row(*pair, number, say) for number, pair in enumerate(pairs)]
        for row, change in zip(changes[:MAX_DRAWN], self._diff.changes, strict=False):
            shapes = (feature.geometry for feature in (*change.base, *change.target))
            row["shapes"] = list(dict.fromkeys(map(self._index, filter(None, shapes))))
        return changes

    def affected_rows(
        self, report: Report, context: Sequence[dict[str, Any]], say: Say
    ) -> list[dict[str, Any]]:
        """Return who is affected, with their places where the catalogue has them."""
        places = {
            (place["id"], place["properties"].get("name", str(place["id"]))): place["geometry"]
            for layer in context
            if layer["name"] == _PLACES
            for place in layer["features"]
        }
        held = {
            feature.id
            for side in self._sides
            for feature in side.features
            if controller_of(feature.properties)
        }
        return [
            {"row": row.ref, "name": say(who.name), "id": who.id, "effect": who.effect}
            | {"relation": who.relation, "certain": who.certain}
            | {"text": say(row.term), "geometry": places.get((who.id, who.name))}
            | ({"hands": True} if who.of in held else {})
            for row, who in zip(report.affected, self._diff.affected, strict=True)
        ]

    def context(self, catalogue: Catalogue) -> list[dict[str, Any]]:
        """Return the base drawing and the places on the day of the target, else of the base.

        The zone is beneath what is not itself an outline or a route that leads through it.
        Files have no day: around them they are as of the catalogue's default date.
        """
        compared = {side.layer for side in self._sides}
        days = (_day(side) for side in reversed(self._sides) if side.version)
        day = next(days, catalogue.default_date)
        layers = []
        is_version = any(side.version for side in self._sides)
        zone = (_ZONE,) if is_version and compared.isdisjoint(FOCUS) else ()
        for name in (*BASE, *zone, _PLACES):
            if name in catalogue and name not in compared:
                features = list(map(self._with_rules, _features_on(catalogue, name, day)))
                layers.append({"name": name, "title": catalogue[name].title, "features": features})
        return layers

    def _with_rules(self, feature: Feature) -> dict[str, Any]:
        status = feature.properties.get("boundary_status")
        stored = self._feature(feature)
        if status is not None:
            stored["properties"]["boundary_status"] = status
        return stored


def _day(side: Side) -> date:
    """Return the day that a reference speaks of: as written, else that of its version."""
    assert side.version is not None  # noqa: S101 - for the type checker
    try:
        return parse_day(side.info.ref.partition("@")[2])
    except BadDate:
        return side.version.valid_from


def _features_on(catalogue: Catalogue, layer: str, day: date | None) -> Iterator[Feature]:
    try:
        version = catalogue[layer].on(day) if day else catalogue[layer].latest
    except VersionNotFound:
        return
    yield from version.features().features


def figure_tables(report: Report, say: Say = worded) -> list[dict[str, Any]]:
    """Return the tables of numbers: each has a ``title`` and ``rows``.

    A row has a ``term`` and ``cells``, one for the base and one for the target, or a single
    one for both; a cell is ``value`` (metres, km, km2, a share or a count, as in the JSON
    report; none where words stand for it) and ``text`` (rounded as in the text report), or none.
    """
    return [
        {
            "title": say(section.title),
            "rows": [
                {"term": say(row.term), "cells": [_cell(part, say) for part in row.cells[:2]]}
                for row in section.rows
            ],
        }
        for section in report.sections
    ]


def _cell(part: Part, say: Say) -> dict[str, Any] | None:
    if not part:
        return None
    value = rounded(part.unit, part.value) if isinstance(part, Figure) else None
    return {"value": value, "text": say(part)}


def route_rows(report: Report, say: Say = worded) -> list[dict[str, Any]]:
    """Return each route with the rows of its stretches and the sentences of its statuses."""
    return [
        {
            "title": say(route.title),
            "sections": list(_stretch_rows(route.sections[0], say)),
            "statuses": [
                {"row": row.ref, "name": say(row.term), "text": say(row.cells[0])}
                for row in route.sections[1].rows
            ],
        }
        for route in report.sections_of("route")
    ]


def _stretch_rows(stretches: Section, say: Say) -> Iterator[dict[str, Any]]:
    for row in stretches.rows:
        before, after, published, length, near = row.cells
        yield {
            "row": row.ref,
            "kind": row.kind,
            "stretch": say(row.term),
            "km": [say(before), say(after)],
            "near": say(near),
            "published": _cell(published, say),
            "length": _cell(length, say),
        }


def change_row(row: ChangeRow, change: Change, number: int, say: Say = worded) -> dict[str, Any]:
    """Return a change as a row: what it is called, what happened, how sure, on whose word."""
    cited = {
        source
        for feature in (*change.base, *change.target)
        for source in cited_by(feature.properties)
    }
    return {
        "row": f"change/{number}",
        "id": say(row.label),
        "name": say(row.name),
        "change": row.kind,
        "kind": say(row.summary),
        "brief": say(row.status),
        "told": [say(part) for part in (*row.sentences, *row.states)],
        "within_uncertainty": row.within_uncertainty,
        "properties": [[say(part) for part in texts] for _, *texts in row.properties],
        "events": list(row.events),
        "sources": sorted(cited),
    }
