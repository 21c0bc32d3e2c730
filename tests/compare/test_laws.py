"""Laws of the diff that hold for any features: empty, mirrored, applied, whatever the order."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pkzone
from pkzone import geojson
from pkzone.compare.inputs import DiffInput
from pkzone.compare.result import Change, Diff, Evidence
from pkzone.errors import CollapsedGeometry, GeoJSONError, InvalidGeometry
from pkzone.geojson import Feature, FeatureCollection
from tests.helpers.geojson_strategies import FEATURES, redrawn

LIMITS = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def collection(features: Sequence[Feature]) -> FeatureCollection:
    return FeatureCollection(tuple(features), ())


def diff(base: Sequence[Feature], target: Sequence[Feature], **options: Any) -> Diff:
    return pkzone.diff(collection(base), collection(target), **options)


# Shapes near each other, so that renames, splits and merges come up.
STEPS = st.integers(0, 6)
SHIFTS = st.sampled_from([0.0, 0.0, 0.00001, 0.0002, 0.004])


def _box(x: int, y: int, wide: int, shift: float) -> dict[str, Any]:
    west, south = 46 + x * 0.01 + shift, 39 + y * 0.01
    east, north = west + 0.01 * (wide + 1), south + 0.01
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _road(x: int, y: int, wide: int, shift: float) -> dict[str, Any]:
    vertices = [[46 + (x + i) * 0.01, 39 + y * 0.01 + shift * (i % 2)] for i in range(wide + 2)]
    return {"type": "LineString", "coordinates": vertices}


def _post(x: int, y: int, wide: int, shift: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [46 + x * 0.01 + shift, 39 + (y + wide) * 0.01]}


NEAR = st.builds(
    lambda make, *numbers: make(*numbers),
    st.sampled_from([_box, _road, _post]),
    STEPS,
    STEPS,
    st.integers(0, 3),
    SHIFTS,
)
LOCAL = st.lists(
    st.builds(
        Feature,
        id=st.none() | st.sampled_from("abcdefgh") | st.integers(0, 4),
        properties=st.fixed_dictionaries(
            {"kind": st.sampled_from("xy")},
            optional={
                "uncertainty_m": st.sampled_from([1, 50, 5000]),
                "route": st.just("a-b"),
                "status": st.sampled_from(["open", "former"]),
                "flag": st.booleans() | st.just(1),
            },
        ),
        geometry=st.none() | NEAR,
    ),
    max_size=7,
    unique_by=lambda one: object() if one.id is None else str(one.id),
)
ANY = FEATURES | LOCAL
STEPS_OF_MATCHING = ("id", "property", "geometry", "near")
ORDERS = st.lists(st.sampled_from(STEPS_OF_MATCHING), min_size=1, unique=True)


@st.composite
def edited(draw: st.DrawFn) -> tuple[list[Feature], list[Feature]]:
    """A base and a target that shares some of its features."""
    base = draw(ANY)
    target: dict[object, Feature] = {}
    for number, one in enumerate([*draw(st.permutations(base)), *draw(ANY)]):
        if draw(st.integers(0, 3)):
            target.setdefault(number if one.id is None else str(one.id), one)
    return base, list(target.values())


@LIMITS
@given(ANY, st.integers())
def test_nothing_differs_from_itself_however_it_is_drawn(base: list[Feature], seed: int) -> None:
    random = Random(seed)  # noqa: S311
    again = [
        Feature(
            one.id,
            dict(reversed(one.properties.items())),
            one.geometry and redrawn(one.geometry, random),
        )
        for one in base
    ]
    random.shuffle(again)
    found = diff(base, again)
    assert found.is_empty
    assert found.unchanged == len(base)
    assert (found.routes, found.areas, found.affected, found.events) == ((), None, (), ())


@LIMITS
@given(edited())
def test_applied_to_the_base_it_gives_the_target_and_back(
    sides: tuple[list[Feature], list[Feature]],
) -> None:
    base, target = sides
    found = diff(base, target, evidence=False)
    there = pkzone.apply(found, base[::-1]).features
    back = pkzone.apply(found, target[::-1], backwards=True).features
    assert diff(there, target, evidence=False).is_empty
    assert diff(back, base, evidence=False).is_empty
    assert (len(there), len(back)) == (len(target), len(base))


@LIMITS
@given(edited(), st.none() | ORDERS)
def test_every_feature_is_accounted_for_once(
    sides: tuple[list[Feature], list[Feature]], match: list[str] | None
) -> None:
    base, target = sides
    found = diff(base, target, evidence=False, match=match)
    assert found.unchanged + sum(len(one.base) for one in found.changes) == len(base)
    assert found.unchanged + sum(len(one.target) for one in found.changes) == len(target)
    alone = found.summary["added"], found.summary["removed"]
    matches = found.unchanged + len(found.changes) - sum(alone)
    assert match is None or sum(found.matched.values()) == matches


@LIMITS
@given(edited(), ORDERS)
def test_applied_whatever_the_order_of_matching(
    sides: tuple[list[Feature], list[Feature]], match: list[str]
) -> None:
    base, target = sides
    found = diff(base, target, evidence=False, match=match)
    there = pkzone.apply(found, base[::-1]).features
    assert diff(there, target, evidence=False).is_empty
    assert len(there) == len(target)


@LIMITS
@given(edited())
def test_by_id_alone_shared_ids_are_never_renamed(
    sides: tuple[list[Feature], list[Feature]],
) -> None:
    found = diff(*sides, evidence=False, match=["id"])
    ours, theirs = ({str(one.id) for one in side if one.id is not None} for side in sides)
    assert {one.kind for one in found.changes} <= {"added", "removed", "modified"}
    assert not found.ids_changed
    assert found.matched == {"id": len(ours & theirs)}
    alone = [one for one in found.changes if one.kind != "modified" and one.id is not None]
    assert {str(one.id) for one in alone} == ours ^ theirs


@LIMITS
@given(edited())
def test_the_usual_order_says_nothing_else_where_it_is_asked_for(
    sides: tuple[list[Feature], list[Feature]],
) -> None:
    asked = diff(*sides, match=("id", "geometry", "near"))
    usual = diff(*sides)
    [told] = [one for one in asked.notices if one not in usual.notices]
    notices = tuple(one for one in asked.notices if one != told)
    assert replace(asked, matched={}, notices=notices) == usual


@LIMITS
@given(edited(), st.sampled_from([0.0, 25.0, 1e6]), st.none() | ORDERS)
def test_the_other_way_round_it_mirrors(
    sides: tuple[list[Feature], list[Feature]], tolerance_m: float, match: list[str] | None
) -> None:
    base, target = sides
    there = diff(base, target, tolerance_m=tolerance_m, match=match)
    back = diff(target, base, tolerance_m=tolerance_m, match=match)
    assert (there.unchanged, there.matched) == (back.unchanged, back.matched)
    ours = sorted(map(_outcome, there.changes), key=repr)
    theirs = sorted((_outcome(_mirrored(one)) for one in back.changes), key=repr)
    assert ours == theirs
    for one, other in _same_changes(there, back):
        _assert_mirrored(one, other)
    if there.areas is not None:
        assert back.areas is not None
        assert math.isclose(there.areas.gained_km2, back.areas.lost_km2, abs_tol=1e-6)
        assert math.isclose(there.areas.base_km2, back.areas.target_km2, rel_tol=1e-6, abs_tol=1e-6)


MIRROR = {"added": "removed", "removed": "added", "split": "merged", "merged": "split"}
SWAPPED = {
    "length_base_m": "length_target_m",
    "kept_m": "kept_target_m",
    "removed_m": "added_m",
    "area_base_km2": "area_target_km2",
    "gained_km2": "lost_km2",
    "heights_base": "heights_target",
    "height_min_base_m": "height_min_target_m",
    "height_max_base_m": "height_max_target_m",
}
SWAPPED |= {value: key for key, value in SWAPPED.items()}
ONE_WAY = {"bearing_deg", "max_offset_at", "length_delta_m"}


def _mirrored(one: Change) -> tuple[Any, ...]:
    return MIRROR.get(one.kind, one.kind), one.target, one.base, one


def _outcome(one: Change | tuple[Any, ...]) -> tuple[object, ...]:
    """What a change says without numbers."""
    kind, base, target, change = (
        (one.kind, one.base, one.target, one) if isinstance(one, Change) else one
    )
    return (
        kind,
        repr(base),
        repr(target),
        change.aspects,
        change.geometry_class,
        change.within_uncertainty,
        sorted(change.properties),
    )


def _same_changes(there: Diff, back: Diff) -> list[tuple[Change, Change]]:
    mirrors = {(repr(one.target), repr(one.base)): one for one in back.changes}
    return [(one, mirrors[repr(one.base), repr(one.target)]) for one in there.changes]


def _assert_mirrored(one: Change, other: Change) -> None:
    assert (one.evidence is None) == (other.evidence is None)
    if one.evidence is None or other.evidence is None:
        return
    for name in {field.name for field in fields(Evidence)} - ONE_WAY:
        ours, theirs = getattr(one.evidence, name), getattr(other.evidence, SWAPPED.get(name, name))
        assert (ours is None) == (theirs is None), name
        if ours is not None:
            assert math.isclose(ours, theirs, rel_tol=1e-3, abs_tol=0.05), name


@LIMITS
@given(edited(), st.integers(), st.none() | ORDERS)
def test_the_order_of_features_does_not_matter(
    sides: tuple[list[Feature], list[Feature]], seed: int, match: list[str] | None
) -> None:
    random = Random(seed)  # noqa: S311
    found = diff(*sides, match=match)
    for features in sides:
        random.shuffle(features)
    again = diff(*sides, match=match)
    assert again == found


def _canonical(features: Sequence[Feature]) -> str:
    return geojson.dumps(features).decode()


def _as_gdal_writes(features: Sequence[Feature]) -> str:
    lines = [json.dumps(_members(one)) for one in features]
    crs = '{ "type": "name", "properties": { "name": "urn:ogc:def:crs:OGC:1.3:CRS84" } }'
    head = f'{{\n"type": "FeatureCollection",\n"name": "x",\n"crs": {crs},\n"features": [\n'
    return head + ",\n".join(lines) + "\n" * bool(lines) + "]\n}\n"


def _members(one: Feature) -> dict[str, Any]:
    label = {} if one.id is None else {"id": one.id}
    return {
        "type": "Feature",
        **label,
        "properties": one.properties,
        "geometry": one.geometry,
    }


def _ids_as_properties(features: Sequence[Feature]) -> list[Feature]:
    return [Feature(None, {**one.properties, "id": one.id}, one.geometry) for one in features]


def _without_ids(features: Sequence[Feature]) -> list[Feature]:
    return [replace(one, id=None) for one in features]


@LIMITS
@given(
    edited(),
    st.sampled_from([_canonical, _as_gdal_writes]),
    st.sampled_from([list, _ids_as_properties, _without_ids]),
    st.sampled_from([None, "id", "name", "auto", "name,status", "id,name"]),
    st.none() | ORDERS,
)
def test_files_are_compared_by_lines_with_the_same_answer(
    tmp_path: Path,
    sides: tuple[list[Feature], list[Feature]],
    write: Callable[[Sequence[Feature]], str],
    with_ids: Callable[[Sequence[Feature]], list[Feature]],
    id_property: str | None,
    match: list[str] | None,
) -> None:
    paths = [tmp_path / "base.geojson", tmp_path / "target.geojson"]
    try:
        texts = [
            write(with_ids([one for one in features if one.id not in (None, "")]))
            for features in sides
        ]
    except (CollapsedGeometry, InvalidGeometry):
        return
    indented = [json.dumps(json.loads(text), indent=1, ensure_ascii=False) for text in texts]
    answers = [
        _answer(paths, written, id_property, match)
        for written in (texts, indented, (texts[0], indented[1]))
    ]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(DiffInput, "is_streamed", False)
        wanted = _answer(paths, texts, id_property, match)
    assert answers == [wanted] * 3


def _answer(
    paths: Sequence[Path], texts: Sequence[str], id_property: str | None, match: list[str] | None
) -> Diff | tuple[type[GeoJSONError], str]:
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    try:
        return pkzone.diff(*paths, id_property=id_property, match=match)
    except GeoJSONError as error:
        return type(error), str(error)


WORDS = st.sampled_from(
    ["route", 'route"', '"route":', "bus_route", "controller", "Polygon", "id", "}", '\\"', "é"]
)


@LIMITS
@given(
    st.lists(st.dictionaries(WORDS, st.one_of(WORDS, st.lists(WORDS, max_size=2)), max_size=4)),
    st.lists(st.dictionaries(WORDS, WORDS, max_size=4)),
)
def test_no_word_makes_a_diff_of_canonical_files_read_a_whole_side(
    tmp_path: Path, ours: list[dict[str, Any]], theirs: list[dict[str, Any]]
) -> None:
    road = _road(0, 0, 2, 0.0)
    paths = [tmp_path / "base.geojson", tmp_path / "target.geojson"]
    for path, properties in zip(paths, (ours, theirs), strict=True):
        shared = [Feature(f"s{i}", one, road) for i, one in enumerate((*ours, *theirs))]
        own = [Feature(f"{path.stem}{i}", one, road) for i, one in enumerate(properties)]
        path.write_bytes(geojson.dumps(shared + own))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(DiffInput, "_read", lambda side: pytest.fail(f"{side.name} was read"))
        found = pkzone.diff(*paths)
    assert found.unchanged >= len(ours) + len(theirs)
