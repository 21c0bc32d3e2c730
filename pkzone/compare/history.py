"""A layer through time: each consecutive pair of versions, and the life of one feature."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING, Any

from pkzone.compare import diff
from pkzone.compare.inputs import refuse_needless_layers
from pkzone.compare.result import Change, Diff, Reported
from pkzone.errors import FeatureNotFound, did_you_mean, printable
from pkzone.geojson.model import Feature, FeatureCollection
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.layers.model import Event, Layer, Version
from pkzone.layers.names import source_names
from pkzone.layers.references import parse_file_range
from pkzone.text_layout import counted

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Entry", "History", "each", "each_with_notes", "history", "versions_of"]

CatalogueLike = Catalogue | str | os.PathLike[str] | None


@dataclass(frozen=True)
class Entry:
    """One step in the life of a layer or feature.

    Attributes
    ----------
    version : Version
        The version that the step led to.
    effect : str
        ``appeared``, ``changed``, ``unchanged`` (of a layer only: not one feature differs) or
        ``disappeared``.
    diff : Diff or None
        What differs from the version before; of a feature, its own change only. None for the
        first version of a layer.
    events : tuple of Event
        Those that the catalogue names as the reason: for a feature those that name it, or all
        of the version where none does.
    sources : tuple of str
        Ids of the sources that the version, or the feature as it now is, rests on.
    """

    version: Version
    effect: str
    diff: Diff | None
    events: tuple[Event, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def changes(self) -> tuple[Change, ...]:
        """Changes, feature by feature."""
        return self.diff.changes if self.diff else ()


@dataclass(frozen=True)
class History(Reported):
    """The life of a layer, or of one of its features, oldest first.

    Attributes
    ----------
    layer, title : str
        Name and title of the layer.
    feature : str, int or None
        The feature that was asked for; none for the whole layer.
    name : str
        The last name of the feature; empty for a layer.
    tolerance_m : float
        Lines no farther apart than this count as the same.
    versions : tuple of str
        The versions looked at.
    entries : tuple of Entry
        Of a layer one a version; of a feature, those in which something happened to it, and
        where a range begins later, the one that led to its state there.
    notices : tuple of str
        What a reader must know to judge the versions.
    source_names : mapping of str to str
        Who published each source, and when, by its id.
    """

    _subject = "history"

    layer: str
    title: str
    feature: str | int | None
    name: str
    tolerance_m: float
    versions: tuple[str, ...]
    entries: tuple[Entry, ...]
    notices: tuple[str, ...] = ()
    source_names: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        feature = "" if self.feature is None else f"/{self.feature}"
        named = f" '{printable(self.name)}'" if self.name else ""
        span = (
            f"{counted(len(self.versions), 'version')}, {self.versions[0]} to {self.versions[-1]}"
        )
        effects = Counter(entry.effect for entry in self.entries)
        counts = ", ".join(f"{count:,} {effect}" for effect, count in effects.items())
        return f"<History {printable(self.layer + feature)}{named}: {span}: {counts}>"

    def _repr_html_(self) -> str:
        from html import escape

        from pkzone.table import Column, Table

        columns = (Column("version"), Column("effect"), Column("changes"), Column("events"))
        rows = tuple(
            (
                entry.version.id,
                entry.effect,
                [
                    f"{count:,} {kind.replace('_', ' ')}"
                    for kind, count in (entry.diff.summary if entry.diff else {}).items()
                    if count and kind != "unchanged"
                ],
                [event.title for event in entry.events],
            )
            for entry in self.entries
        )
        return f"<p>{escape(repr(self))}</p>{Table('history', columns, rows)._repr_html_()}"

    def to_dict(self) -> dict[str, Any]:
        """Return the history as plain JSON types."""
        from pkzone.reports.as_json import history_to_dict

        return history_to_dict(self)

    def to_frame(self) -> pd.DataFrame:
        """Return one row an entry, with the columns of the CSV of ``pkzone history``."""
        from pkzone.reports.tables import history_table

        return history_table(self).to_frame()


def history(
    layer: str | Layer,
    feature_id: str | int | None = None,
    *,
    catalogue: CatalogueLike = None,
    tolerance_m: float = 25.0,
    layers: Sequence[str] = (),
) -> History:
    """Return the life of a layer, or of one of its features, through all versions.

    Parameters
    ----------
    layer : str or Layer
        The layer or its name; ``LAYER@A..B`` tells of the versions in force from A to B, each
        against the one before it, ``LAYER@VERSION`` or ``LAYER@DATE`` of those up to that one;
        ``A..B:PATH`` of the states of a file in git.
    feature_id : str or int, optional
        The feature. One that was renamed is followed under its new id; one that was split or
        merged ends, and its parts or the merged one have histories of their own.
    catalogue : Catalogue, str or os.PathLike, optional
        The catalogue or its folder; without it that of the layer, or the shipped one.
    tolerance_m : float, optional
        Lines no farther apart than this count as the same, metres.
    layers : sequence of str, optional
        The layers to read of a file in git that holds several.

    Raises
    ------
    BadOption
        Layers are chosen of what is no such file.
    FeatureNotFound
        No version of the layer, or of the range, has the feature.
    BadReference, BadDate, LayerNotFound, VersionNotFound
        The text names no layer, or the layer has no version.
    CatalogueError, HashMismatch, GeoJSONError
        The catalogue or a version's file is missing or damaged.
    GitError
        A file has no such state, or no repository is here.
    """
    found, versions, source = versions_of(layer, catalogue, layers)
    earlier = found.versions[: found.versions.index(versions[0])]
    if feature_id is None:
        before = earlier[-1:]
        steps = islice(_steps([*before, *versions], source, tolerance_m), len(before), None)
        entries, name = [_of_layer(version, step, source) for version, step in steps], ""
    else:
        life = _life(feature_id, [*earlier, *versions], source, tolerance_m)
        entries = _since(life, versions)
        if not entries:
            raise _no_feature(feature_id, versions, is_range=bool(earlier))
        name = _last_name(entries)
    return History(
        found.name,
        found.title,
        feature_id,
        name,
        tolerance_m,
        tuple(one.id for one in versions),
        tuple(entries),
        found.notes,
        source_names(source),
    )


def each(
    layer: str | Layer,
    *,
    catalogue: CatalogueLike = None,
    tolerance_m: float = 25.0,
    layers: Sequence[str] = (),
    **options: Any,
) -> tuple[Diff, ...]:
    """Return the diff of every two versions of a layer that follow each other, oldest first.

    Parameters
    ----------
    layer, catalogue, tolerance_m, layers
        As for `history`.
    **options
        Further options of `diff`.

    Returns
    -------
    tuple of Diff
        Empty for a layer of one version.

    Raises
    ------
    PkzoneError
        As for `history`.
    """
    return each_with_notes(
        layer, catalogue=catalogue, tolerance_m=tolerance_m, layers=layers, **options
    )[0]


def each_with_notes(
    layer: str | Layer,
    *,
    catalogue: CatalogueLike = None,
    layers: Sequence[str] = (),
    **options: Any,
) -> tuple[tuple[Diff, ...], tuple[str, ...]]:
    """Return what `each` does, and what a reader must know to judge the versions."""
    found, versions, source = versions_of(layer, catalogue, layers)
    pairs = pairwise(versions)
    diffs = tuple(diff(base, target, catalogue=source, **options) for base, target in pairs)
    return diffs, found.notes


def versions_of(
    layer: str | Layer, catalogue: CatalogueLike, layers: Sequence[str] = ()
) -> tuple[Layer, tuple[Version, ...], Catalogue]:
    """Return a layer, its versions that a reference names, and the catalogue they stand in.

    ``layers`` are those to read of a file in git that holds several.
    """
    if layers:
        refuse_needless_layers(layer)
    if isinstance(layer, Layer):
        _ = layer.latest  # raises where there is none
        home = layer.versions[0].root if catalogue is None else catalogue
        return layer, layer.versions, open_catalogue(home)
    source = open_catalogue(catalogue)
    if (states := parse_file_range(layer, source)) is not None:
        from pkzone.compare.file_versions import layer_of_file  # late: a layer needs no git

        return *layer_of_file(states, layer, layers), source
    versions = source.versions(layer)
    return source[versions[0].layer], versions, source


def _steps(
    versions: Sequence[Version], source: Catalogue, tolerance_m: float
) -> Iterator[tuple[Version, Diff | None]]:
    """Yield each version with what differs from the one before."""
    yield versions[0], None
    for base, target in pairwise(versions):
        yield target, diff(base, target, catalogue=source, tolerance_m=tolerance_m)


def _beginning(feature: Feature, source: Catalogue) -> Diff:
    """Return the diff from nothing of a feature that the first version has."""
    here = FeatureCollection((feature,), ())
    return diff(FeatureCollection((), ()), here, catalogue=source)


def _of_layer(version: Version, step: Diff | None, source: Catalogue) -> Entry:
    effect = "appeared" if step is None else "unchanged" if step.is_empty else "changed"
    return Entry(version, effect, step, _events_of(version, source), version.source_ids)


def _events_of(version: Version, source: Catalogue) -> tuple[Event, ...]:
    named = set(version.events)
    return tuple(event for event in source.events if event.id in named)


def _life(
    feature_id: str | int, versions: Sequence[Version], source: Catalogue, tolerance_m: float
) -> list[Entry]:
    """Return what happened to a feature."""
    wanted, entries = str(feature_id), []
    first = _one(versions[0].features().features, wanted)
    beginning = [(versions[0], _beginning(first, source))] if first else []
    for version, step in chain(beginning, _steps(versions, source, tolerance_m)):
        if step is None:
            continue
        for change in (*step.changes, *_new_ids(step)):
            was, now = _one(change.base, wanted), _one(change.target, wanted)
            if was is None and now is None:
                continue
            if was is not None and change.kind == "renamed":
                now = change.target[0]
            entries.append(_of_feature(change, was, now, version, step, source))
            wanted = str((now or was or change.target[0]).id)
            break
    return entries


def _since(life: Sequence[Entry], versions: Sequence[Version]) -> list[Entry]:
    """Leave out of a life what was over when the first of some versions took effect."""
    ids = {version.id for version in versions}
    before = [entry for entry in life if entry.version.id not in ids]
    within = list(life[len(before) :])
    is_settled = bool(within) and within[0].version == versions[0]
    still = [entry for entry in before[-1:] if entry.effect != "disappeared" and not is_settled]
    return still + within


def _new_ids(step: Diff) -> Iterator[Change]:
    """Yield what is no change of a layer, but one of the feature that has another id."""
    for base, target in step.ids_changed:
        yield Change(base.id, "renamed", (base,), (target,), new_id=target.id)


def _no_feature(
    feature_id: str | int, versions: Sequence[Version], *, is_range: bool
) -> FeatureNotFound:
    known = {str(one.id) for version in versions for one in version.features().features}
    hint = did_you_mean(feature_id, sorted(known))
    which = f"version from {versions[0].id} to {versions[-1].id}" if is_range else "version"
    return FeatureNotFound(
        f"{versions[0].layer} has no feature {feature_id} in any {which}; "
        f"{hint}pkzone show {versions[-1].ref} lists those of one version"
    )


def _one(features: Sequence[Feature], wanted: str) -> Feature | None:
    return next((one for one in features if one.id is not None and str(one.id) == wanted), None)


def _of_feature(
    change: Change,
    was: Feature | None,
    now: Feature | None,
    version: Version,
    step: Diff,
    source: Catalogue,
) -> Entry:
    effect = "appeared" if was is None else "disappeared" if now is None else "changed"
    own = replace(
        step,
        changes=(change,),
        unchanged=0,
        routes=(),
        areas=None,
        affected=(),
        sources=(),
        notices=(),
    )
    names = {f"{version.layer}/{one.id}" for one in (was, now) if one is not None}
    events = _events_of(version, source)
    naming = tuple(one for one in events if not names.isdisjoint(one.features))
    stated = (now or was or change.target[0]).properties.get("sources")
    sources = tuple(map(str, stated)) if isinstance(stated, list) else ()
    return Entry(version, effect, own, naming or events, sources)


def _last_name(entries: Sequence[Entry]) -> str:
    """Return the name that a feature had last, or nothing."""
    names = [
        one.properties.get("name")
        for entry in entries
        for change in entry.changes
        for one in (change.target if len(change.target) == 1 else change.base)
    ]
    return str(names[-1]) if names and names[-1] is not None else ""
