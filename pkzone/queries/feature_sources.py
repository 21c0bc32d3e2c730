"""List what features rest on: the sources of each, through the versions of its layer."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pkzone.errors import BadOption
from pkzone.geojson.model import text_of, texts_of
from pkzone.i18n.messages import Translatable
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.layers.names import source_names
from pkzone.layers.references import RangeReference, parse_range
from pkzone.table import Column, Table

if TYPE_CHECKING:
    from pkzone.geojson.model import Feature
    from pkzone.layers.model import Version

__all__ = ["feature_sources"]

COLUMNS: Final = (
    Column("layer"),
    Column("feature", head="id"),
    Column("name", rank=2, leads=True),
    Column("valid_from", "date", "from"),
    Column("valid_to", "date", "until"),
    Column("status", rank=1),
    Column("certainty"),
    Column("source_count", "integer", "sources"),
    Column("sources", "array", "published by", rank=1),
)


class _State(NamedTuple):
    """A feature as long as its sources, its status and its certainty stay the same."""

    feature: str
    name: str | None
    status: str | None
    certainty: str | None
    sources: tuple[str, ...]


def feature_sources(
    ref: str | None = None,
    *,
    source: str | None = None,
    at_most: int | None = None,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
) -> Table:
    """Return the sources that the features of a layer, or of all layers, rest on.

    Parameters
    ----------
    ref : str, optional
        ``LAYER`` for all of its versions, ``LAYER@VERSION`` or ``LAYER@DATE`` for one,
        ``LAYER@A..B`` for a range; without it every version of every layer.
    source : str, optional
        Only features that rest on this source, by its id.
    at_most : int, optional
        Only features with so many sources or fewer: 1 for those that rest on a single one. What
        a line is drawn from (map data, gazetteers) counts where a feature has nothing else.
    catalogue : Catalogue, str or os.PathLike, optional
        The catalogue or its folder; without it the one that pkzone ships.

    Returns
    -------
    Table
        One row a feature and period in which its status, certainty and sources are the same, by
        layer, then by feature.

    Raises
    ------
    BadOption
        ``at_most`` is negative.
    BadReference, BadDate, LayerNotFound, VersionNotFound, SourceNotFound
        The reference or the source names nothing of the catalogue.
    CatalogueError, HashMismatch, GeoJSONError
        A file of the catalogue is missing or damaged.
    """
    if at_most is not None and at_most < 0:
        raise BadOption(f"a number of sources is 0 or more, not {at_most}")
    found = open_catalogue(catalogue)
    if source is not None:
        found.source(source)
    rows = [
        row
        for versions in _versions(found, ref)
        for row in _rows(versions, found)
        if (source is None or source in row[-1]) and (at_most is None or row[-2] <= at_most)
    ]
    about = {"ref": ref, "source": source, "at_most": at_most}
    features = {row[1] for row in rows}
    return Table(
        "feature-sources",
        COLUMNS,
        tuple(rows),
        {key: value for key, value in about.items() if value is not None},
        () if rows else (Translatable("No feature fits."),),
        names={one: name for one, name in source_names(found).items() if one not in features},
    )


def _versions(catalogue: Catalogue, ref: str | None) -> Iterator[Sequence[Version]]:
    """Yield the versions of each layer that are asked about, oldest first."""
    if ref is None:
        yield from (layer.versions for layer in catalogue.layers)
        return
    parsed = parse_range(ref, catalogue)
    if isinstance(parsed, RangeReference):
        yield parsed.versions(catalogue)
    elif "@" in ref:
        yield (catalogue.version(parsed),)
    else:
        yield catalogue[parsed.layer].versions


def _rows(versions: Sequence[Version], catalogue: Catalogue) -> Iterator[tuple[Any, ...]]:
    """Yield a row for each state of each feature, by feature, then by date."""
    spans: dict[str, list[tuple[_State, date, date | None]]] = {}
    drawn_from = {one["id"] for one in catalogue.sources if one.get("type") == "dataset"}
    for version in versions:
        if version.valid_to == version.valid_from:
            continue  # another version of the same day took its place
        for feature in version.features().features:
            state = _state(feature)
            known = spans.setdefault(state.feature, [])
            begins = version.valid_from
            if known and known[-1][0] == state and known[-1][2] == version.valid_from:
                begins = known.pop()[1]
            known.append((state, begins, version.valid_to))
    for feature_id in sorted(spans):
        for state, first, after in spans[feature_id]:
            yield (
                versions[0].layer,
                state.feature,
                state.name,
                first.isoformat(),
                None if after is None else after.isoformat(),
                state.status,
                state.certainty,
                len(set(state.sources) - drawn_from) or len(state.sources),
                list(state.sources),
            )


def _state(feature: Feature) -> _State:
    properties = feature.properties
    name, status, certainty = (text_of(properties, key) for key in _TOLD)
    sources = tuple(dict.fromkeys(texts_of(properties, "sources")))
    return _State(str(feature.id), name, status, certainty, sources)


_TOLD = ("name", "status", "certainty")
