"""Measure what differs between versions on a map, once for every two that lie differently.

Most versions of a layer differ from their neighbours in attributes only, which a page can see
for itself. Lengths, areas, sections and who is affected follow from the *situation* of a
version: where its features lie, which of them are in use, how sure they are, and where the
places stood. So each pair of situations is compared once, whatever the number of versions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import combinations, count, pairwise
from math import inf
from typing import TYPE_CHECKING, Any, Final

import orjson

from pkzone.compare import TOLERANCE_M, diff
from pkzone.compare.catalogue_context import PLACES, features_on, surroundings
from pkzone.compare.memo import remembering
from pkzone.compare.published import schematic_m, spans
from pkzone.compare.route_chain import Chain, chains, is_in_use, route_of
from pkzone.errors import BadOption, did_you_mean
from pkzone.geo.canonical import canonical_geometry
from pkzone.geo.measure import length_m
from pkzone.maps.diff.marks import is_not_in_use, marks_of
from pkzone.maps.geometry import paths_of

if TYPE_CHECKING:
    from pkzone.compare.result import Diff
    from pkzone.geojson.model import Feature
    from pkzone.layers.catalogue import Catalogue, Version
    from pkzone.maps.diff.marks import Mark
    from pkzone.maps.geometry import Geometries
    from pkzone.maps.selection import Selection, ShownLayer

__all__ = ["MODES", "MOST", "Progress", "build"]

#: Which versions of a layer are compared: none, each with the next, or each with every other.
MODES: Final = ("none", "consecutive", "all")
#: Most pairs of situations that a page measures.
MOST: Final = 2000
#: Most positions in all these pairs, unless comparisons were asked for: some ten seconds.
_MOST_POSITIONS: Final = 400_000

Progress = Callable[[int, int], None]
"""Callback: comparisons done, comparisons in all."""

Pair = tuple[int, int]

_MATCHED: Final = ("renamed", "split", "merged")
_DECIMALS: Final = 4


@remembering()
def build(
    catalogue: Catalogue,
    selection: Selection,
    geometries: Geometries,
    *,
    mode: str | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Return what a page needs to compare the versions that it shows, as plain JSON types.

    Parameters
    ----------
    catalogue : Catalogue
        Where the selection comes from.
    selection : Selection
        The layers and versions.
    geometries : Geometries
        Takes the geometries of what differs.
    mode : str, optional
        One of `MODES`; by default ``consecutive``, or ``none`` where that would take long.
    progress : callable, optional
        Is told how many comparisons are done, and how many there are.

    Returns
    -------
    dict
        ``mode``, ``tolerance_m`` and ``layers``: one entry a layer shown, none for the base
        drawing, fixed layers and those of one version. It has the index of the ``situations`` of
        its versions, the ``lengths`` of the routes in each situation and what is ``schematic`` of
        them, the ``published`` length of each route in each version, and ``pairs``. A pair is
        ``of`` two situations, the one that occurs first in the place of the base, or of two
        ``versions`` where something was renamed, split or merged. It tells what `pkzone.diff`
        finds: ``shapes`` (geometries that differ, with class and evidence), ``matched`` (renamed,
        split, merged), ``ids_changed`` (both ids of what is the same but for them), ``routes``,
        ``areas``, ``affected``; and ``marks``, what is drawn besides the features. Two versions
        of one situation differ in attributes at most.

    Raises
    ------
    BadOption
        There is no such mode, or it takes more than `MOST` comparisons.
    CatalogueError, HashMismatch, GeoJSONError
        The catalogue is damaged.
    """
    if mode is not None and mode not in MODES:
        hint = did_you_mean(mode, MODES)
        raise BadOption(f"compare {mode!r}: {hint}choose one of {', '.join(MODES)}")
    series = [_series(catalogue, one) if _is_series(one) else None for one in selection.layers]
    moving = [one for one in series if one is not None]
    used = _affordable(moving, mode)
    total = sum(len(one.pairs(used)) for one in moving)
    if total > MOST:
        raise BadOption(
            f"compare {used!r}: {total:,} comparisons, and a page holds {MOST:,} at most; "
            f"name fewer layers, or choose {MODES[MODES.index(used) - 1]!r}"
        )
    done = count(1)

    def tell() -> None:
        if progress is not None:
            progress(next(done), total)

    layers = [None if one is None else one.to_record(used, geometries, tell) for one in series]
    return {"mode": used, "tolerance_m": TOLERANCE_M, "layers": layers}


def _is_series(shown: ShownLayer) -> bool:
    return len(shown.versions) > 1 and not shown.fixed and not shown.is_base


def _affordable(series: Iterable[_Series], mode: str | None) -> str:
    if mode is not None:
        return mode
    pairs = [(one, pair) for one in series for pair in one.pairs("consecutive")]
    positions = sum(one.sizes[base] + one.sizes[target] for one, (base, target) in pairs)
    return "consecutive" if len(pairs) <= MOST and positions <= _MOST_POSITIONS else "none"


@dataclass(eq=False)
class _Series:
    """The versions of a layer with their situations.

    Attributes
    ----------
    situations : list of int
        The situation of each version, numbered as they first occur.
    first : list of int
        The first version of each situation.
    sizes : list of int
        How many positions the features of each situation have.
    """

    catalogue: Catalogue
    versions: tuple[Version, ...]
    situations: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def pairs(self, mode: str) -> list[Pair]:
        """Return the pairs of situations to compare, the one that occurs first as the base."""
        if mode == "none":
            return []
        every = range(len(self.first))
        candidates = combinations(every, 2) if mode == "all" else pairwise(self.situations)
        return sorted({(min(pair), max(pair)) for pair in candidates if pair[0] != pair[1]})

    def to_record(
        self, mode: str, geometries: Geometries, tell: Callable[[], None]
    ) -> dict[str, Any]:
        """Return the record of the layer for the page."""
        roads = [chains(self._features(number)) for number in self.first]
        pairs: list[dict[str, Any]] = []
        for pair in self.pairs(mode):
            pairs += self._compared(pair, roads, mode, geometries)
            tell()
        record: dict[str, Any] = {"situations": self.situations, "pairs": pairs}
        if any(roads):
            record["lengths"] = [_lengths(one) for one in roads]
            record["schematic"] = [_schematic(one) for one in roads]
            record["published"] = [self._published(version) for version in self.versions]
        return record

    def _features(self, number: int) -> tuple[Feature, ...]:
        return self.versions[number].features().features

    def _compared(
        self, pair: Pair, roads: Sequence[Mapping[str, Chain]], mode: str, geometries: Geometries
    ) -> Iterator[dict[str, Any]]:
        """Yield the records of a pair: one, or one a pair of versions.

        Which feature became which may depend on attributes too where several lie in one place,
        so that answer is not shared between versions.
        """
        moved = {
            route
            for route in {*roads[pair[0]], *roads[pair[1]]}
            if _line(roads[pair[0]], route) != _line(roads[pair[1]], route)
        }
        first = self.first[pair[0]], self.first[pair[1]]
        difference = self._diff(*first)
        if difference.ids_changed or any(change.kind in _MATCHED for change in difference.changes):
            for one in self._versions_of(pair, mode):
                features = map(self._features, one)
                record = _pair_record(self._diff(*one), moved, geometries, *features)
                yield {"versions": list(one), **record}
        else:
            record = _pair_record(difference, moved, geometries, *map(self._features, first))
            yield {"of": list(pair), **record}

    def _versions_of(self, pair: Pair, mode: str) -> Iterator[Pair]:
        every = range(len(self.versions))
        for base, target in combinations(every, 2) if mode == "all" else pairwise(every):
            if {self.situations[base], self.situations[target]} == {*pair}:
                yield base, target

    def _diff(self, base: int, target: int) -> Diff:
        return diff(self.versions[base], self.versions[target], catalogue=self.catalogue)

    def _published(self, version: Version) -> dict[str, Any]:
        """Return the length of each route by the sources, as its catalogue or its segments say."""
        features = version.features().features
        around = surroundings(self.catalogue, version, features)
        lengths = {route: around.published_of(one) for route, one in chains(features).items()}
        return {
            route: {"km": length.km, "text": length.text}
            for route, length in lengths.items()
            if length is not None
        }


def _series(catalogue: Catalogue, layer: ShownLayer) -> _Series:
    series = _Series(catalogue, layer.versions)
    known: dict[str, int] = {}
    around: dict[str, Any] = {}
    for number, version in enumerate(layer.versions):
        features = version.features().features
        places = features_on(catalogue, PLACES, version)
        if (held := str(version.valid_from)) not in around:
            around[held] = [_place(one) for one in places]
        key = json.dumps([[_situation(one) for one in features], around[held]], sort_keys=True)
        if key not in known:
            known[key] = len(known)
            series.first.append(number)
            series.sizes.append(sum(map(_size, features)))
        series.situations.append(known[key])
    return series


def _situation(feature: Feature) -> list[Any]:
    """Return what of a feature decides how versions are measured and drawn against each other."""
    values = feature.properties
    route = route_of(feature)
    road: list[Any] = []
    if route is not None:
        length = values.get("length_published_km"), values.get("geometry_basis")
        road = [route, values.get("sequence"), is_in_use(feature), *length]
    return [feature.id, _where(feature), road, is_not_in_use(feature), values.get("uncertainty_m")]


def _place(feature: Feature) -> list[Any]:
    """Return what of a place decides whether it is near, or affected, and what it is called."""
    values = feature.properties
    named = ("name", "rank", "status", "uncertainty_m")
    return [feature.id, _where(feature), *map(values.get, named)]


def _where(feature: Feature) -> str:
    """Return what is the same for geometries that are written alike.

    One that is written otherwise, from another vertex on, costs a comparison, no wrong answer:
    its canonical form would cost more for every feature of every version.
    """
    return blake2b(orjson.dumps(feature.geometry), digest_size=16).hexdigest()


def _size(feature: Feature) -> int:
    return sum(map(len, paths_of(feature.geometry))) if feature.geometry else 0


def _line(roads: Mapping[str, Chain], route: str) -> Any:
    return roads[route].line if route in roads else None


def _lengths(roads: Mapping[str, Chain]) -> dict[str, float]:
    return {route: round(length_m(chain.line), _DECIMALS) for route, chain in roads.items()}


def _schematic(roads: Mapping[str, Chain]) -> dict[str, float]:
    """Return how much of each route is schematic, of those of which some is."""
    found = {route: schematic_m(spans(chain), 0.0, inf) for route, chain in roads.items()}
    return {route: round(metres, _DECIMALS) for route, metres in found.items() if metres}


#: Members of the report of a route that a pair of situations does not decide.
_OF_VERSIONS: Final = (
    "sections",
    "status_changes",
    "length_published_base_km",
    "length_published_target_km",
    "published_base_text",
    "published_base_sources",
    "published_base_segments",
    "published_target_text",
    "published_target_sources",
    "published_target_segments",
)
_ENDS_AND_SOURCES: Final = ("start", "end", "published_sources", "published_segments")


def _pair_record(
    difference: Diff,
    moved: set[str],
    geometries: Geometries,
    base: Sequence[Feature],
    target: Sequence[Feature],
) -> dict[str, Any]:
    """Return the record of a pair for the page; of a route only where its line differs."""
    report = difference.to_dict()
    change_rows = list(zip(difference.changes, report["changes"], strict=True))
    marks = list(marks_of(difference, base, target))
    where = geometries.add_all([canonical_geometry(mark.geometry) for mark in marks])
    lines = {mark.row: index for mark, index in zip(marks, where, strict=True)}
    record = {
        "shapes": [
            {"id": change.id, **_proof(members)}
            for change, members in change_rows
            if change.kind == "modified" and "geometry" in change.aspects
        ],
        "matched": [
            {
                "id": change.id,
                "kind": change.kind,
                "base": [one.id for one in change.base],
                "target": [one.id for one in change.target],
                **_proof(members),
            }
            for change, members in change_rows
            if change.kind in _MATCHED
        ],
        "ids_changed": [[one.id for one in pair] for pair in difference.ids_changed],
        "routes": [
            _route(route, lines, number)
            for number, route in enumerate(report["routes"])
            if route["route"] in moved
        ],
        "areas": report.get("areas"),
        "affected": report["affected"],
        "marks": [
            _mark(mark, difference.changes[int(number)].id, index)
            for mark, index in zip(marks, where, strict=True)
            for of, number in [mark.row.split("/")[:2]]
            if of == "change" and mark.sheet != "changed"
        ],
    }
    return {key: value for key, value in record.items() if value}


def _proof(members: Mapping[str, Any]) -> dict[str, Any]:
    wanted = ("class", "within_uncertainty", "geometry")
    return {key: members[key] for key in wanted if key in members}


def _route(members: Mapping[str, Any], lines: Mapping[str, int], number: int) -> dict[str, Any]:
    sections = [
        {
            **{key: one[key] for key in one if key not in _ENDS_AND_SOURCES},
            "geometry": lines.get(f"section/{number}/{index}"),
        }
        for index, one in enumerate(members["sections"])
    ]
    return {key: members[key] for key in members if key not in _OF_VERSIONS} | {
        "sections": sections
    }


def _mark(mark: Mark, of: object, geometry: int) -> dict[str, Any]:
    """Return a mark with the change that it belongs to."""
    record = {"of": of, "id": mark.id, "sheet": mark.sheet, "change": mark.change}
    record |= {"side": mark.side, "geometry": geometry}
    return record | ({"not_in_use": True} if mark.not_in_use else {})
