"""Put names in the place of ids in what people read of a difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from pkzone.compare.catalogue_context import BETWEEN_ENDS
from pkzone.compare.result import Diff, Gap, PropertyChange, PublishedLength, RouteDiff
from pkzone.i18n.messages import check_language
from pkzone.reports.model import worded

if TYPE_CHECKING:
    from pkzone.compare.result import Affected, Change
    from pkzone.layers.catalogue import Catalogue
    from pkzone.layers.model import Event, Version
    from pkzone.reports.model import ChangeRow, Part
    from pkzone.table import Table

__all__ = ["cited_by_name", "named", "names_in", "rows_by_name", "speaker", "table_in"]


def speaker(
    lang: str | None, catalogue: Catalogue | None, *diffs: Diff | None
) -> Callable[[Part], str]:
    """Return what words the parts of a report in a language, by default English; see `names_in`.

    Raises
    ------
    BadOption
        There is no such language.
    """
    if lang is None or lang == "en":
        return worded
    source, language = _source(lang, catalogue)
    names = names_in(language, source, *filter(None, diffs))
    return partial(worded, language=language, names=names)


def table_in(lang: str, catalogue: Catalogue | None, table: Table, form: str) -> Table:
    """Return a table in a language where its form is for people, else as it is.

    Raises
    ------
    BadOption
        There is no such language.
    """
    source, language = _source(lang, catalogue)
    if form not in ("text", "markdown"):
        return table
    of_features = bool(table.names) or any(column.name == "name" for column in table.columns)
    versions = [one for layer in source.layers for one in layer.versions if of_features]
    return table.in_language(language, names_in(language, source, versions=versions))


def _source(lang: str, catalogue: Catalogue | None) -> tuple[Catalogue, str]:
    """Return the catalogue that names are from, and the language, if it lists that."""
    from pkzone.layers.catalogue import catalogue as shipped

    source = shipped() if catalogue is None else catalogue
    return source, check_language(lang, source.languages, "the catalogue lists")


def names_in(
    language: str, catalogue: Catalogue, *diffs: Diff, versions: Iterable[Version] = ()
) -> dict[str, str]:
    """Return in a language the names and titles that reports have, by the English ones.

    They are those of some versions, and those that the catalogue has now, or had when the sides of
    diffs took effect, and those of what differs.
    """
    texts = catalogue.translations.get(language)
    names = dict(texts.texts) if texts else {}
    for properties in _properties(catalogue, diffs, versions):
        name, other = properties.get("name"), properties.get(f"name_{language}")
        if isinstance(name, str) and isinstance(other, str) and name and other:
            names[name] = other
    for diff in diffs:
        for route in diff.route_names.values():
            ends = route.split(BETWEEN_ENDS)
            names[route] = BETWEEN_ENDS.join(names.get(end, end) for end in ends)
    return names


def _properties(
    catalogue: Catalogue, diffs: Iterable[Diff], versions: Iterable[Version]
) -> Iterator[Mapping[str, Any]]:
    for version in {one.sha256: one for one in versions}.values():
        yield from (feature.properties for feature in version.features().features)
    sides = [side for diff in diffs for side in (diff.base, diff.target)]
    days = {side.version[:10] for side in sides if side.layer and side.version}
    for layer in catalogue.layers:
        known = [one for one in layer.versions if one.valid_from in days] + [*layer.versions[-1:]]
        for version in dict.fromkeys(known):
            yield from (feature.properties for feature in version.features().features)
    yield from (node.names for node in catalogue.nodes)
    for diff in diffs:
        for change in diff.changes:
            yield from (feature.properties for feature in (*change.base, *change.target))


def named(diff: Diff) -> Diff:
    """Return a diff with the names of routes, features and sources for their ids.

    It is for reports for people only. Ids of the changes stay: rows refer to them.
    """
    return replace(
        diff,
        routes=tuple(_route(route, diff) for route in diff.routes),
        events=cited_by_name(diff.events, diff.source_names),
        sources=tuple(sorted(_sources(diff.sources, diff.source_names), key=str.casefold)),
        affected=tuple(_affected(one, diff) for one in diff.affected),
        changes=tuple(_change(change, diff) for change in diff.changes),
    )


def cited_by_name(events: Iterable[Event], names: Mapping[str, str]) -> tuple[Event, ...]:
    """Return events with the names of their sources for the ids."""
    return tuple(event._replace(sources=_sources(event.sources, names)) for event in events)


def rows_by_name(rows: Sequence[ChangeRow]) -> tuple[ChangeRow, ...]:
    """Return rows without the ids of features whose name no other of them has."""
    counts = Counter(row.name for row in rows)
    return tuple(
        replace(row, label="", full_label=row.name)
        if row.name and counts[row.name] == 1 and row.kind != "renamed"
        else row
        for row in rows
    )


def _sources(ids: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names.get(one, one) for one in ids))


def _length(length: PublishedLength | None, diff: Diff) -> PublishedLength | None:
    if length is None:
        return None
    names = diff.feature_names
    parts = tuple(
        part._replace(segment=names.get(str(part.segment), part.segment)) for part in length.parts
    )
    return replace(length, sources=_sources(length.sources, diff.source_names), parts=parts)


def _gap(gap: Gap, diff: Diff) -> Gap:
    return replace(gap, after=diff.feature_names.get(str(gap.after), gap.after))


def _route(route: RouteDiff, diff: Diff) -> RouteDiff:
    return replace(
        route,
        route=diff.route_names.get(route.route, route.route),
        published_base=_length(route.published_base, diff),
        published_target=_length(route.published_target, diff),
        sections=tuple(replace(o, published=_length(o.published, diff)) for o in route.sections),
        gaps_base=tuple(_gap(gap, diff) for gap in route.gaps_base),
        gaps_target=tuple(_gap(gap, diff) for gap in route.gaps_target),
    )


def _affected(affected: Affected, diff: Diff) -> Affected:
    if affected.of_label is not None:
        return affected
    names = diff.feature_names if affected.relation == "inside" else diff.route_names
    return replace(affected, of_label=names.get(str(affected.of)))


def _change(change: Change, diff: Diff) -> Change:
    kinds = {"sources": diff.source_names, "route": diff.route_names}
    told = {
        key: _property(one, kinds[key]) if key in kinds else one
        for key, one in change.properties.items()
    }
    return replace(change, properties=told)


def _property(one: PropertyChange, names: Mapping[str, str]) -> PropertyChange:
    base, target = (_value(value, names) for value in (one.base, one.target))
    return one if base == target else replace(one, base=base, target=target)


def _value(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        known = [names.get(one, one) if isinstance(one, str) else one for one in value]
        return list(dict.fromkeys(known)) if all(isinstance(one, str) for one in known) else known
    return names.get(value, value) if isinstance(value, str) else value
