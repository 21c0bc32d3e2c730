"""Cuts two lines into sections kept, removed and added, and pairs what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from pkzone.geo.offsets import Offsets
from pkzone.geo.paths import Path

__all__ = ["MIN_SECTION_M", "Section", "cut_sections", "kept_stretches"]

MIN_SECTION_M = 1.0
"""Sections shorter than this are merged into their neighbours."""

_JOIN_M = 1e-6

Array = npt.NDArray[np.float64]
Stretch = tuple[float, float]
"""From and to chainage in metres."""


@dataclass(frozen=True, slots=True)
class Section:
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
    """

    kind: Literal["kept", "removed", "added"]
    from_m: float
    to_m: float
    length_m: float
    start: tuple[float, float]
    end: tuple[float, float]
    target_from_m: float | None = None
    target_to_m: float | None = None


def kept_stretches(path: Path, offsets: Offsets | None, tolerance_m: float) -> list[Stretch]:
    """Return the stretches of a line that lie within the tolerance of another one.

    Parameters
    ----------
    path : Path
        A line.
    offsets : Offsets or None
        How far its pieces are from another line; None if either is empty.
    tolerance_m : float
        Metres.

    Returns
    -------
    list of tuple of float
        From and to chainage, ordered and apart from each other; none crosses the gap between
        two runs. Gaps, and stretches, shorter than `MIN_SECTION_M` are merged into what lies
        beside them.
    """
    if offsets is None:
        return []
    piece, share_from, share_to = offsets.stretches_within(tolerance_m)
    from_m, to_m = path.chainage_m(piece, share_from), path.chainage_m(piece, share_to)
    order = np.argsort(from_m, kind="stable")
    run, from_m = path.run[piece][order], from_m[order]
    reach = np.maximum.accumulate(to_m[order])
    opens = np.ones(len(from_m), dtype=bool)
    opens[1:] = (from_m[1:] > reach[:-1] + _JOIN_M) | (run[1:] != run[:-1])
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(from_m))[: len(first)] - 1
    stretches: list[Stretch] = []
    for number, bounds in enumerate(path.run_bounds_m):
        mine = run[first] == number
        found = zip(from_m[first[mine]].tolist(), reach[last[mine]].tolist(), strict=True)
        stretches += _without_slivers(list(found), bounds)
    return stretches


def cut_sections(
    base: Path, target: Path, kept: Sequence[Stretch], target_kept: Sequence[Stretch]
) -> tuple[Section, ...]:
    """Return all sections, in the order in which one meets them along the base.

    Parameters
    ----------
    base, target : Path
        Two lines in one frame; either may be empty.
    kept, target_kept : sequence of tuple of float
        What `kept_stretches` finds on either side.

    Returns
    -------
    tuple of Section
        Kept and removed ones follow the base; an added one stands where it leaves the base.
    """
    pairs = _paired(base, target, kept, target_kept)
    removed, added = _gaps(kept, base.run_bounds_m), _gaps(target_kept, target.run_bounds_m)
    ranked = [
        *((stretch[0], 0) for stretch in removed),
        *((_branch_m(gap, pairs, base, target), 1) for gap in added),
        *((stretch[0], 2) for stretch, _ in pairs),
    ]
    sections = [
        *_sections(base, "removed", removed),
        *_sections(target, "added", added),
        *_sections(base, "kept", [s for s, _ in pairs], [beside for _, beside in pairs]),
    ]
    order = sorted(range(len(ranked)), key=ranked.__getitem__)
    return tuple(sections[i] for i in order)


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
    """Return what the stretches leave of each run."""
    gaps = []
    for begin, end in runs:
        at = begin
        for from_m, to_m in stretches:
            if begin <= from_m and to_m <= end:
                if from_m > at:
                    gaps.append((at, from_m))
                at = to_m
        if end > at:
            gaps.append((at, end))
    return gaps


def _sections(
    path: Path,
    kind: Literal["kept", "removed", "added"],
    stretches: Sequence[Stretch],
    beside: Sequence[Stretch] = (),
) -> list[Section]:
    if not stretches:
        return []
    alongs: Sequence[tuple[float | None, float | None]] = beside or [(None, None)] * len(stretches)
    from_m, to_m = np.array(stretches).T
    starts = path.places(*path.find(from_m, leaving=True))
    ends = path.places(*path.find(to_m, leaving=False))
    return [
        Section(kind, a, b, b - a, start, end, *along)
        for (a, b), start, end, along in zip(stretches, starts, ends, alongs, strict=True)
    ]


def _branch_m(
    gap: Stretch, pairs: Sequence[tuple[Stretch, Stretch]], base: Path, target: Path
) -> float:
    """Chainage along the base at which an added stretch leaves it, or comes nearest."""
    for stretch, beside in pairs:
        if beside[1] in gap:
            return stretch[1]
    for stretch, beside in pairs:
        if beside[0] in gap:
            return stretch[0]
    return float(_beside_m([gap], target, base).min()) if len(base.pieces) else gap[0]


def _paired(
    base: Path, target: Path, kept: Sequence[Stretch], target_kept: Sequence[Stretch]
) -> list[tuple[Stretch, Stretch]]:
    """Pair kept stretches of the base with those of the target, cutting where one meets many."""
    pairs: list[tuple[Stretch, Stretch]] = []
    for mine, theirs in _groups(base, target, kept, target_kept):
        ours, others = [kept[i] for i in mine], [target_kept[j] for j in theirs]
        if len(ours) == 1 and others:
            pairs += _matched(ours[0], others, base, target)
            continue
        turned = _matched(others[0], ours, target, base) if len(others) == 1 else []
        if len(turned) == len(ours):
            pairs += [(_upward(own), _like(other, own)) for other, own in turned]
        else:  # entangled, or beside a merged sliver: what lies beside both ends
            near = _beside_m(ours, base, target).tolist()
            pairs += [(own, (a, b)) for own, (a, b) in zip(ours, near, strict=True)]
    return sorted(pairs)


def _matched(
    stretch: Stretch, others: Sequence[Stretch], path: Path, other: Path
) -> list[tuple[Stretch, Stretch]]:
    """Cut a stretch into one for each of several others, which are turned to run along it.

    Where the cuts would not follow each other, the whole stretch is paired with what lies from
    the first to the last of the others.
    """
    near_m = _beside_m(others, other, path)
    order = np.argsort(near_m.mean(axis=1), kind="stable")
    along = [others[i] if near_m[i, 0] <= near_m[i, 1] else others[i][::-1] for i in order]
    near_m = np.sort(near_m[order], axis=1)
    cuts = [stretch[0], *((near_m[:-1, 1] + near_m[1:, 0]) / 2).tolist(), stretch[1]]
    if len(along) > 1 and np.diff(cuts).min() < MIN_SECTION_M:
        return [(stretch, (along[0][0], along[-1][1]))]
    return list(zip(pairwise(cuts), along, strict=True))


def _upward(stretch: Stretch) -> Stretch:
    return (min(stretch), max(stretch))


def _like(stretch: Stretch, model: Stretch) -> Stretch:
    """Turn a stretch if its model is turned."""
    return stretch if model[0] <= model[1] else (stretch[1], stretch[0])


def _beside_m(stretches: Sequence[Stretch], path: Path, other: Path) -> Array:
    """Chainage along the other line beside both ends of each stretch, shape (k, 2)."""
    from_m, to_m = np.array(stretches).T
    ends = [path.points_at(from_m, leaving=True), path.points_at(to_m, leaving=False)]
    return other.chainage_near_m(np.concatenate(ends)).reshape(2, -1).T


def _groups(
    base: Path, target: Path, kept: Sequence[Stretch], target_kept: Sequence[Stretch]
) -> list[tuple[list[int], list[int]]]:
    """Group the stretches of both sides that have their middles beside each other."""
    if not kept:
        return []
    links = {(i, j) for i, j in enumerate(_beside(base, kept, target, target_kept)) if j >= 0}
    links |= {(i, j) for j, i in enumerate(_beside(target, target_kept, base, kept)) if i >= 0}
    group_of = list(range(len(kept)))
    for j in range(len(target_kept)):
        joined = {group_of[i] for i, other in links if other == j}
        group_of = [min(joined) if group in joined else group for group in group_of]
    groups = []
    for group in sorted(set(group_of)):
        mine = [i for i in range(len(kept)) if group_of[i] == group]
        groups.append((mine, sorted({j for i, j in links if i in mine})))
    return groups


def _beside(
    path: Path, stretches: Sequence[Stretch], other: Path, others: Sequence[Stretch]
) -> list[int]:
    """Index of the other side's stretch beside the middle of each; -1 for none."""
    if not stretches or not others:
        return [-1] * len(stretches)
    middles = np.array([(from_m + to_m) / 2 for from_m, to_m in stretches])
    near_m = other.chainage_near_m(path.points_at(middles, leaving=True))
    index = np.searchsorted([from_m for from_m, _ in others], near_m, side="right") - 1
    return [
        int(j) if j >= 0 and m <= others[j][1] else -1 for j, m in zip(index, near_m, strict=True)
    ]
