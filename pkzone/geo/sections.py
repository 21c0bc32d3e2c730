r"""Cut the lines of each pair into sections kept, removed and added, and pair what is kept.

::

    base    ===kept===---removed---===kept===      = within the tolerance of the other line
    target  ===kept===             ===kept===      - beyond it
                      `---added---'
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.geo.distances import Stretches
from pkzone.geo.paths import Paths
from pkzone.geo.segments import runs_of

__all__ = ["MIN_SECTION_M", "Section", "cut_sections", "kept_stretches"]

MIN_SECTION_M = 1.0
"""Sections shorter than this are merged into their neighbours."""

_JOIN_M = 1e-6

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Kind = Literal["kept", "removed", "added"]
Stretch = tuple[float, float]
"""From and to chainage in metres."""


class Section(NamedTuple):
    """A connected stretch of a line that was kept, removed or added.

    Parameters
    ----------
    kind : str
        ``kept``, ``removed`` or ``added``.
    from_m, to_m : float
        Chainage along the base for kept and removed sections, along the target for added ones.
    length_m : float
        ``to_m - from_m``.
    start, end : tuple of float
        (longitude, latitude) at ``from_m`` and ``to_m``, in degrees.
    target_from_m, target_to_m : float or None
        Of a kept section the chainage along the target beside its start and its end; the
        former is the larger one where the target runs the other way.
    geometry : LineString
        The stretch itself, from ``start`` over the vertices between to ``end``, in degrees.
    """

    kind: Kind
    from_m: float
    to_m: float
    length_m: float
    start: tuple[float, float]
    end: tuple[float, float]
    target_from_m: float | None
    target_to_m: float | None
    geometry: shapely.LineString


def kept_stretches(paths: Paths, within: Stretches) -> list[list[Stretch]]:
    """Merge what lies within the tolerance into the kept stretches of each path.

    Returns
    -------
    list of list of tuple of float
        Of each path the from and to chainage, ordered and apart from each other; none crosses
        the gap between two runs. Gaps, and stretches, shorter than `MIN_SECTION_M` are merged
        into what lies beside them.
    """
    piece = within.segment
    from_m = paths.chainage_m(piece, within.share_from)
    to_m = paths.chainage_m(piece, within.share_to)
    run = paths.run[piece]
    order = np.lexsort((from_m, run))
    run, from_m, to_m = run[order], from_m[order], to_m[order]
    joined = {number: _joined(from_m[rows], to_m[rows]) for number, rows in runs_of(run)}
    kept: list[list[Stretch]] = []
    number = 0
    for path in paths.run_bounds_m:
        runs = enumerate(path, number)
        kept.append([s for i, ends in runs for s in _without_slivers(joined.get(i, []), ends)])
        number += len(path)
    return kept


def cut_sections(paths: Paths, kept: Sequence[Sequence[Stretch]]) -> list[tuple[Section, ...]]:
    """Return the sections of each pair of paths, in the order one meets them along the base.

    Parameters
    ----------
    paths : Paths
        The base and the target of the first pair, those of the next, and so on; both of a pair
        lie in one frame, and any may be empty.
    kept : sequence of sequence of tuple of float
        What `kept_stretches` finds of each path.

    Returns
    -------
    list of tuple of Section
        Kept and removed ones follow the base; an added one stands where it leaves the base.
    """
    beside = iter(_beside(paths, [(path, s) for path, some in enumerate(kept) for s in some]))
    sides = [_Side(path, some, [next(beside) for _ in some]) for path, some in enumerate(kept)]
    cuts = [
        _cuts(paths, base, target) for base, target in zip(sides[::2], sides[1::2], strict=True)
    ]
    sections = iter(_sections(paths, [cut for pair in cuts for cut in pair]))
    return [tuple(next(sections) for _ in pair) for pair in cuts]


class _Beside(NamedTuple):
    """Chainage along the other path of a pair beside the ends and the middle of a stretch."""

    from_m: float
    middle_m: float
    to_m: float


class _Side(NamedTuple):
    """One path of a pair: its kept stretches, and the chainages of the other beside them."""

    path: int
    kept: Sequence[Stretch]
    beside: Sequence[_Beside]


class _Cut(NamedTuple):
    """A stretch of a path that is to be a section; beside a kept one, the target's chainage."""

    path: int
    kind: Kind
    stretch: Stretch
    beside: tuple[float | None, float | None] = (None, None)


def _joined(from_m: Array, to_m: Array) -> list[Stretch]:
    """Return the union of stretches of one run, which are given by rising start."""
    reach = np.maximum.accumulate(to_m)
    opens = np.flatnonzero(from_m[1:] > reach[:-1] + _JOIN_M) + 1
    first, last = np.append(0, opens), np.append(opens, len(reach)) - 1
    return list(zip(from_m[first].tolist(), reach[last].tolist(), strict=True))


def _without_slivers(stretches: list[Stretch], bounds: Stretch) -> list[Stretch]:
    """Close short gaps, then drop short stretches, within one run."""
    joined: list[Stretch] = []
    for from_m, to_m in stretches:
        if joined and from_m - joined[-1][1] < MIN_SECTION_M:
            joined[-1] = (joined[-1][0], max(joined[-1][1], to_m))
        else:
            joined.append((from_m, to_m))
    if joined and joined[0][0] - bounds[0] < MIN_SECTION_M:
        joined[0] = (bounds[0], joined[0][1])
    if joined and bounds[1] - joined[-1][1] < MIN_SECTION_M:
        joined[-1] = (joined[-1][0], bounds[1])
    return [s for s in joined if s[1] - s[0] >= MIN_SECTION_M or (s == bounds and s[1] > s[0])]


def _gaps(stretches: Sequence[Stretch], runs: Sequence[Stretch]) -> list[Stretch]:
    """Return the complement of the stretches within each run."""
    gaps = []
    for begin, end in runs:
        last_m = begin
        for from_m, to_m in stretches:
            if begin <= from_m and to_m <= end:
                if from_m > last_m:
                    gaps.append((last_m, from_m))
                last_m = to_m
        if end > last_m:
            gaps.append((last_m, end))
    return gaps


def _beside(paths: Paths, stretches: Sequence[tuple[int, Stretch]]) -> list[_Beside]:
    """Return the chainages of the other path beside stretches, each given with its path."""
    if not stretches:
        return []
    path = np.array([one for one, _ in stretches])
    from_m, to_m = np.array([stretch for _, stretch in stretches]).T
    places = [
        paths.pieces.at(*paths.find(path, from_m, leaving=True)),
        paths.pieces.at(*paths.find(path, (from_m + to_m) / 2, leaving=True)),
        paths.pieces.at(*paths.find(path, to_m, leaving=False)),
    ]
    points = np.stack(places, axis=1).reshape(-1, 2)
    near_m = paths.chainage_near_m(points, np.repeat(path ^ 1, len(places)))
    return [_Beside(*near) for near in near_m.reshape(-1, len(places)).tolist()]


def _cuts(paths: Paths, base: _Side, target: _Side) -> list[_Cut]:
    """Return the cuts of both paths of a pair, in the order one meets them along the base."""
    pairs = _paired(base, target)
    added = _gaps(target.kept, paths.run_bounds_m[target.path])
    removed = _gaps(base.kept, paths.run_bounds_m[base.path])
    ranked = [
        *((_branch_m(gap, pairs, paths, target.path), 1) for gap in added),
        *((gap[0], 0) for gap in removed),
        *((stretch[0], 2) for stretch, _ in pairs),
    ]
    cuts = [
        *(_Cut(target.path, "added", gap) for gap in added),
        *(_Cut(base.path, "removed", gap) for gap in removed),
        *(_Cut(base.path, "kept", stretch, beside) for stretch, beside in pairs),
    ]
    return [cuts[i] for i in sorted(range(len(cuts)), key=ranked.__getitem__)]


def _sections(paths: Paths, cuts: Sequence[_Cut]) -> list[Section]:
    if not cuts:
        return []
    path = np.array([cut.path for cut in cuts])
    from_m, to_m = np.array([cut.stretch for cut in cuts]).T
    start = paths.places(*paths.find(path, from_m, leaving=True))
    end = paths.places(*paths.find(path, to_m, leaving=False))
    lines = paths.lines(path, (from_m, to_m), (start, end))
    return list(map(_section, cuts, start, end, lines))


def _section(
    cut: _Cut, start: tuple[float, float], end: tuple[float, float], line: shapely.LineString
) -> Section:
    from_m, to_m = cut.stretch
    return Section(cut.kind, from_m, to_m, to_m - from_m, start, end, *cut.beside, line)


def _branch_m(
    gap: Stretch, pairs: Sequence[tuple[Stretch, Stretch]], paths: Paths, target: int
) -> float:
    """Return the chainage along the base at which an added stretch leaves it, or comes nearest."""
    for stretch, beside in pairs:
        if beside[1] in gap:
            return stretch[1]
    for stretch, beside in pairs:
        if beside[0] in gap:
            return stretch[0]
    if not paths.sets.sizes[target ^ 1]:
        return gap[0]
    [near] = _beside(paths, [(target, gap)])
    return min(near.from_m, near.to_m)


def _paired(base: _Side, target: _Side) -> list[tuple[Stretch, Stretch]]:
    """Pair kept stretches of the base with those of the target, cutting where one meets many.

    ::

        base    =====================      one stretch beside two: cut between them
        target  =======       =======

    """
    pairs: list[tuple[Stretch, Stretch]] = []
    for mine, theirs in _groups(base, target):
        ours, others = [base.kept[i] for i in mine], [target.kept[j] for j in theirs]
        near = [base.beside[i] for i in mine]
        if len(ours) == 1 and others:
            pairs += _matched(ours[0], others, [target.beside[j] for j in theirs])
            continue
        turned = _matched(others[0], ours, near) if len(others) == 1 else []
        if len(turned) == len(ours):
            pairs += [(_upward(own), _like(other, own)) for other, own in turned]
        else:  # entangled, or beside a merged sliver: what lies beside both ends
            pairs += [(own, (at.from_m, at.to_m)) for own, at in zip(ours, near, strict=True)]
    return sorted(pairs)


def _matched(
    stretch: Stretch, others: Sequence[Stretch], near: Sequence[_Beside]
) -> list[tuple[Stretch, Stretch]]:
    """Cut a stretch into one for each of several others, which are turned to run along it.

    ``near`` is what the first's line has beside each of the others. Where the cuts would not
    follow each other, the whole stretch is paired with what lies from the first to the last of
    the others.
    """
    met = sorted(zip(near, others, strict=True), key=lambda one: one[0].from_m + one[0].to_m)
    along = [other if at.from_m <= at.to_m else other[::-1] for at, other in met]
    spans = [_upward((at.from_m, at.to_m)) for at, _ in met]
    between = [(before[1] + after[0]) / 2 for before, after in pairwise(spans)]
    cuts = [stretch[0], *between, stretch[1]]
    if between and min(b - a for a, b in pairwise(cuts)) < MIN_SECTION_M:
        return [(stretch, (along[0][0], along[-1][1]))]
    return list(zip(pairwise(cuts), along, strict=True))


def _upward(stretch: Stretch) -> Stretch:
    return (min(stretch), max(stretch))


def _like(stretch: Stretch, model: Stretch) -> Stretch:
    """Turn a stretch if its model is turned."""
    return stretch if model[0] <= model[1] else (stretch[1], stretch[0])


def _groups(base: _Side, target: _Side) -> list[tuple[list[int], list[int]]]:
    """Group the stretches of both sides that have their middles beside each other."""
    theirs = enumerate(_stretch_at(base.beside, target.kept))
    mine = enumerate(_stretch_at(target.beside, base.kept))
    links = {(i, j) for i, j in theirs if j >= 0} | {(i, j) for j, i in mine if i >= 0}
    group_of = list(range(len(base.kept)))
    for j in range(len(target.kept)):
        joined = {group_of[i] for i, other in links if other == j}
        group_of = [min(joined) if group in joined else group for group in group_of]
    groups = []
    for group in sorted(set(group_of)):
        members = [i for i in range(len(base.kept)) if group_of[i] == group]
        groups.append((members, sorted({j for i, j in links if i in members})))
    return groups


def _stretch_at(beside: Sequence[_Beside], stretches: Sequence[Stretch]) -> list[int]:
    """Return the index of the stretch with the chainage beside each middle; -1 for none."""
    starts = [from_m for from_m, _ in stretches]
    candidates = [bisect_right(starts, near.middle_m) - 1 for near in beside]
    return [
        j if j >= 0 and near.middle_m <= stretches[j][1] else -1
        for j, near in zip(candidates, beside, strict=True)
    ]
