"""Match features of base and target, step by step: by id, a property, equal geometry, shape."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pkzone.compare.equality import geometry_key, is_located, outline, same_geometry, same_json
from pkzone.compare.match_by_geometry import match_places
from pkzone.compare.match_by_shape import match_shapes
from pkzone.errors import BadOption, MissingId, did_you_mean, printable
from pkzone.geojson import line_diff
from pkzone.geojson.line_diff import NotByLinesError
from pkzone.geojson.model import Feature, gc_paused
from pkzone.i18n.messages import Translatable, phrase
from pkzone.layers.identity import (
    AUTO,
    ID,
    has_other_id,
    identifying_property,
    in_words,
    labels_by,
    lacking,
    option_of,
    properties_of,
    repeats_id,
)

if TYPE_CHECKING:
    from pkzone.compare.inputs import DiffInput

__all__ = ["ORDER", "Matched", "Pair", "has_new_ids", "match", "match_features", "order_of"]

FeatureIds = Sequence[str | int | None]
Pairs = Sequence[tuple[Feature, Feature]]
Sides = tuple[Sequence[Feature], Sequence[Feature]]

BY_ID, BY_PROPERTY, BY_GEOMETRY, BY_SHAPE = "id", "property", "geometry", "near"
ORDER = (BY_ID, BY_GEOMETRY, BY_SHAPE)
"""The steps by which features are matched, unless asked otherwise."""


class Pair(NamedTuple):
    """One feature as it is on both sides; ``moved`` if its geometry is not the same."""

    base: Feature
    target: Feature
    moved: bool
    step: str = BY_ID


@dataclass(slots=True)
class Matched:
    """Outcome of matching: pairs, splits, merges, what is left over, how many are unchanged.

    Attributes
    ----------
    pairs : list of Pair
        The same feature on both sides, with a difference.
    renamed : list of Pair
        The same feature under another id, with another difference.
    split, merged : list
        A base feature with its parts in the target; the parents in the base with the feature
        of the target that they became.
    removed, added : list of Feature
        What only the base, or only the target, has; before the first step, all features.
    unchanged_by : Counter
        How many features are the same, but for the id, by the step that found it.
    ids_changed : list of (Feature, Feature)
        The unchanged ones that have another id, or none, on one of the sides.
    repeated_ids : int
        How many pairs have a property ``id`` on one side that only repeats the id.
    by_property : str or None
        The property that what was left over was matched by.
    notices : list of str
        How features were told apart, where there is something to say of it.
    """

    pairs: list[Pair] = field(default_factory=list)
    renamed: list[Pair] = field(default_factory=list)
    split: list[tuple[Feature, tuple[Feature, ...]]] = field(default_factory=list)
    merged: list[tuple[tuple[Feature, ...], Feature]] = field(default_factory=list)
    removed: list[Feature] = field(default_factory=list)
    added: list[Feature] = field(default_factory=list)
    unchanged_by: Counter[str] = field(default_factory=Counter)
    ids_changed: list[tuple[Feature, Feature]] = field(default_factory=list)
    repeated_ids: int = 0
    by_property: str | None = None
    notices: list[str] = field(default_factory=list)

    @property
    def unchanged(self) -> int:
        """How many features are the same, but for the id."""
        return self.unchanged_by.total()

    def counts(self, order: Iterable[str]) -> dict[str, int]:
        """Return how many matches each step of an order made; a split or a merge is one."""
        made = self.unchanged_by + Counter(pair.step for pair in (*self.pairs, *self.renamed))
        made[BY_SHAPE] += len(self.split) + len(self.merged)
        return {step: made[step] for step in order}

    def notice(self, order: Iterable[str]) -> str:
        """Return in words how many matches each step of an order made."""
        named = {} if self.by_property is None else {BY_PROPERTY: printable(self.by_property)}
        steps = (
            Translatable(
                "{count} by {step}{property}",
                count=f"{count:,}",
                step=step,
                property=f" ({named[step]})" if step in named else "",
            )
            for step, count in self.counts(order).items()
        )
        return Translatable(
            "features are matched in this order: {steps}", separator=", ", steps=tuple(steps)
        )


class Terms(NamedTuple):
    """What steps go by: metres, all features of both sides, and the property that ids are from."""

    tolerance_m: float
    sides: Callable[[], Sides]
    id_property: str | None = None


_NO_TERMS = Terms(0.0, lambda: ((), ()))  # to match by id takes none


def order_of(steps: str | Iterable[str]) -> tuple[str, ...]:
    """Check the steps of matching, a text with commas or words, and return them.

    Raises
    ------
    BadOption
        A step is none, occurs twice, or there are no steps.
    """
    order = tuple(steps.split(",") if isinstance(steps, str) else steps)
    choices = f"choose from {', '.join(STEPS)}"
    for step in order:
        if step not in STEPS:
            hint = did_you_mean(step, STEPS)
            raise BadOption(f"'{printable(str(step))}' is not a step of matching; {hint}{choices}")
        if order.count(step) > 1:
            raise BadOption(f"the step {step} of matching occurs twice; name it once")
    if not order:
        raise BadOption(f"there is no step of matching; {choices}")
    return order


def match(
    base: DiffInput, target: DiffInput, *, tolerance_m: float, order: Sequence[str] = ORDER
) -> Matched:
    """Match the features of two sides, each step what those before it left over.

    Two files with a line for each feature are compared by lines, where ids come first; whatever
    else is read whole. The answer is the same, but for one thing: lines that both files share
    are not judged.

    Raises
    ------
    GeoJSONError, HashMismatch, CatalogueError
        A file is refused.
    """
    with gc_paused():
        begins_by_id = order[0] == BY_ID
        matched = _by_ids(base, target, order) if begins_by_id else _all_left(base, target)
        _refuse_unknown_property(base, target)
        elsewhere = _ids_elsewhere(matched) if begins_by_id else (0, 0)
        terms = Terms(
            tolerance_m, lambda: (base.properties(), target.properties()), base.id_property
        )
        for step in order[begins_by_id:]:
            _take(step, matched, terms)
        if matched.repeated_ids:
            matched.notices.append(
                Translatable(
                    "one side repeats the ids in its property {property}, which is no change: "
                    "{count} of the features",
                    property=ID,
                    count=f"{matched.repeated_ids:,}",
                )
            )
        name = _other_property(base, target, matched, elsewhere, order)
        if name is not None and AUTO in (base.id_property, target.id_property):
            for side in (base, target):
                side.take_ids_from(name)
            matched = match(base, target, tolerance_m=tolerance_m, order=order)
            shown = printable(name)
            by = Translatable("features are told apart by the property {property}", property=shown)
            matched.notices.insert(0, by)
        return matched


def match_features(
    base: Sequence[Feature], target: Sequence[Feature], *, tolerance_m: float
) -> Matched:
    """Match features at hand by the ids that they have, the rest by place and shape."""
    with gc_paused():
        matched = Matched(removed=[*base], added=[*target])
        for step in ORDER:
            _take(step, matched, Terms(tolerance_m, lambda: (base, target)))
        return matched


def _take(step: str, matched: Matched, terms: Terms) -> None:
    """Take what a step matches out of what is left over."""
    pairs = STEPS[step](matched, terms)
    taken = {id(one) for pair in pairs for one in pair}
    matched.removed = [one for one in matched.removed if id(one) not in taken]
    matched.added = [one for one in matched.added if id(one) not in taken]
    _sort_out(pairs, step, matched)


def _ids_match(matched: Matched, _terms: Terms) -> Pairs:
    """Match by id; 1 and "1" are the same id, as in the files."""
    theirs = {str(one.id): one for one in matched.added if one.id is not None}
    both = (one for one in matched.removed if one.id is not None and str(one.id) in theirs)
    return [(one, theirs[str(one.id)]) for one in both]


def _properties_match(matched: Matched, terms: Terms) -> Pairs:
    """Match by the property that tells the features apart, of either side taken whole."""
    if not (matched.removed and matched.added):
        return []
    base, target = terms.sides()
    matched.by_property = name = identifying_property(base, target, but=terms.id_property)
    if name is None:
        return []
    ours, theirs = labels_by(name, base), labels_by(name, target)
    waiting = {str(theirs(one)): one for one in matched.added}
    both = (one for one in matched.removed if str(ours(one)) in waiting)
    return [(one, waiting[str(ours(one))]) for one in both]


def _places_match(matched: Matched, _terms: Terms) -> Pairs:
    return match_places(matched.removed, matched.added)


def _shapes_match(matched: Matched, terms: Terms) -> Pairs:
    if not (matched.removed or matched.added):
        return []
    return match_shapes(matched, tolerance_m=terms.tolerance_m)


#: What matches some of the features that are left over, by the name that a user gives it.
STEPS: Mapping[str, Callable[[Matched, Terms], Pairs]] = {
    BY_ID: _ids_match,
    BY_PROPERTY: _properties_match,
    BY_GEOMETRY: _places_match,
    BY_SHAPE: _shapes_match,
}


def _refuse_unknown_property(base: DiffInput, target: DiffInput) -> None:
    """Refuse a property that tells features apart and that none has on either side."""
    sides = (base, target)
    without = [side for side in sides if side.lacks_property]
    if not without or any(not side.lacks_property and side.properties() for side in sides):
        return
    names = sorted({name for side in sides for one in side.properties() for name in one.properties})
    every = (one for side in sides for one in side.properties())
    absent = lacking(every, properties_of(str(base.id_property)))
    listed = printable(", ".join(names) or "none")
    raise MissingId(
        " and ".join(dict.fromkeys(side.name for side in without)),
        f"no feature has {in_words(absent)} to be told apart by; "
        f"{did_you_mean(absent[0], names)}it has: {listed}",
    )


def _all_left(base: DiffInput, target: DiffInput) -> Matched:
    """Return the features of both sides before the first step."""
    before, after = base.collection.features, target.collection.features
    return Matched(removed=[*before], added=[*after])


def _by_ids(base: DiffInput, target: DiffInput, order: Sequence[str]) -> Matched:
    """Match by id, by lines where these tell enough; with a notice where one side has no ids."""
    found = _by_lines(base, target, order)
    if found is not None:
        matched, *ids = found
    else:
        matched = _all_left(base, target)
        ids = [[one.id for one in side] for side in (matched.removed, matched.added)]
        _take(BY_ID, matched, _NO_TERMS)
    _tell_of_ids(matched, order, (base, ids[0]), (target, ids[1]))
    return matched


def _by_lines(
    base: DiffInput, target: DiffInput, order: Sequence[str]
) -> tuple[Matched, FeatureIds, FeatureIds] | None:
    """Match the features of two files by id, looking at the lines that differ, and return all ids.

    None where lines do not tell enough.
    """
    found = _differences(base, target)
    if found is None:
        return None
    same = len(found.same)
    try:
        ours = base.identify([*found.same, *map(base.look, found.base)])
        theirs = target.identify([*found.same, *map(target.look, found.target)])
        if ours[:same] != theirs[:same]:  # the ids of one side are properties of the other
            return None
        step = BY_ID if None not in ours[:same] else order[1] if len(order) > 1 else None
        if step not in (BY_ID, BY_GEOMETRY):  # only these tell that equal lines are one feature
            return None
        matched = Matched(removed=base.keep(found.base), added=target.keep(found.target))
    except NotByLinesError:
        return None
    _take(BY_ID, matched, _NO_TERMS)
    matched.unchanged_by[step] += same
    return matched, ours, theirs


def _differences(base: DiffInput, target: DiffInput) -> line_diff.Differences | None:
    """Compare two files by lines as they are or, where these have little in common, rewritten."""
    if not (base.is_streamed and target.is_streamed):
        return None
    for rewrites in (False, True):
        try:
            if rewrites:
                base.rewrite()
                target.rewrite()
            found = line_diff.differences(base.lines(), target.lines(), base.look)
        except NotByLinesError:
            continue
        if rewrites or len(found.base) + len(found.target) <= 2 * len(found.same):
            return found
    return None


def _tell_of_ids(
    matched: Matched, order: Sequence[str], *sides: tuple[DiffInput, FeatureIds]
) -> None:
    """Note that one side has no ids, or that a file has none of those of a version of a layer."""
    named = [any(one is not None for one in ids) for _, ids in sides]
    for (side, ids), own in zip(sides, named, strict=True):
        if ids and any(named) and not own:
            shown = printable(side.name, limit=None)
            by_place = not {BY_GEOMETRY, BY_SHAPE}.isdisjoint(order)
            without = phrase("{file}: has no ids; no feature has its id")
            if by_place:
                without = phrase("{file}: has no ids; its features are paired by place")
            matched.notices.append(Translatable(without, file=shown))
    versions = [side for side, _ in sides if side.info.layer is not None]
    if len(versions) == 1 and all(named) and not (matched.unchanged or matched.pairs):
        other = next(side for side, _ in sides if side.info.layer is None)
        matched.notices.append(
            Translatable(
                "{file}: none of its ids is one of {version}; is it of the layer {layer}?",
                file=printable(other.name, limit=None),
                version=versions[0].info.ref,
                layer=versions[0].info.layer or "",
            )
        )


def has_new_ids(base: Sequence[Feature], target: Sequence[Feature]) -> bool:
    """Tell whether most features with an id of the base lie exactly where another id lay."""
    matched = Matched(removed=[*base], added=[*target])
    _take(BY_ID, matched, _NO_TERMS)
    return _ids_elsewhere(matched)[0] > 0


def _ids_elsewhere(matched: Matched) -> tuple[int, int]:
    """Count the features that lie exactly where another id lay, if most do.

    Also returns how many were matched by id.
    """
    known = matched.unchanged + len(matched.pairs)
    moved = [pair for pair in matched.pairs if pair.moved and is_located(pair.target)]
    if len(moved) < 2 or 2 * len(moved) <= known:
        return 0, known
    before = [*(pair.base for pair in moved), *matched.removed]
    outlines = set(map(outline, before))
    likely = [pair.target for pair in moved if outline(pair.target) in outlines]
    if 2 * len(likely) <= len(moved):  # few are left for what costs more to find
        return 0, known
    places = set(map(geometry_key, before))
    count = sum(geometry_key(feature) in places for feature in likely)
    return (count, known) if 2 * count > len(moved) else (0, known)


def _other_property(
    base: DiffInput,
    target: DiffInput,
    matched: Matched,
    elsewhere: tuple[int, int],
    order: Sequence[str],
) -> str | None:
    """Return the property that would identify features where ids do not, with a notice."""
    if not {base.id_property, target.id_property} <= {None, AUTO}:
        return None
    differing = [*matched.removed, *matched.added]
    differing += [one for pair in (*matched.pairs, *matched.renamed) for one in pair[:2]]
    count, known = elsewhere
    if not count and all(one.id is not None for one in differing):
        return None
    asked = AUTO in (base.id_property, target.id_property)
    if not count and BY_PROPERTY in order and not asked:
        return None  # what it would be good for is done
    name = identifying_property(base.properties(), target.properties())
    remarks = []
    if count:
        remarks.append(
            Translatable(
                "ids may have been given anew: {count} of {all} features with the same id lie "
                "exactly where another id lay",
                count=f"{count:,}",
                all=f"{known:,}",
            )
        )
    if name is None and (count or asked):
        remarks.append(Translatable("no single property tells the features apart on both sides"))
        if asked:
            remarks.append(Translatable("{option} takes several together", option="--id A,B"))
    if name is not None:
        shown = shlex.quote(printable(option_of([name])))
        remarks.append(
            Translatable(
                "{option}, or {automatic}, tells features apart by that property",
                option=f"--id {shown}",
                automatic=f"--id {AUTO}",
            )
        )
    if remarks:
        matched.notices.append(Translatable("{remarks}", remarks=tuple(remarks)))
    return name


def _sort_out(pairs: Pairs, step: str, matched: Matched) -> None:
    """Sort pairs into unchanged, renamed and changed ones."""
    for ours, theirs in pairs:
        pair = Pair(ours, theirs, not same_geometry(ours.geometry, theirs.geometry), step)
        if pair.moved or not _same_properties(ours, theirs, matched):
            (matched.renamed if has_other_id(ours, theirs) else matched.pairs).append(pair)
            continue
        matched.unchanged_by[step] += 1
        if ours.id != theirs.id:
            matched.ids_changed.append((ours, theirs))


def _same_properties(ours: Feature, theirs: Feature, matched: Matched) -> bool:
    if same_json(ours.properties, theirs.properties):
        return True
    if not repeats_id(ours, theirs):
        return False
    matched.repeated_ids += 1
    one, other = ({**each.properties, ID: None} for each in (ours, theirs))
    return same_json(one, other)
