"""The three-way merge: laws that hold for any edits, and the cases spelled out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkzone.errors import DuplicateId, MissingId
from pkzone.geojson import Feature, dumps, parse
from pkzone.git.merge_driver import conflict_text
from pkzone.git.three_way_merge import Conflict, merge_features

SQUARE = [[46.0, 39.0], [47.0, 39.0], [47.0, 40.0], [46.0, 40.0], [46.0, 39.0]]
GEOMETRIES: list[dict[str, Any] | None] = [
    None,
    {"type": "Point", "coordinates": [46.5, 39.5]},
    {"type": "Point", "coordinates": [46.5000000001, 39.5]},  # the same to 6 decimals
    {"type": "Point", "coordinates": [46.6, 39.5]},
    {"type": "LineString", "coordinates": [[46.0, 39.0], [46.5, 39.5]]},
    {"type": "LineString", "coordinates": [[46.5, 39.5], [46.0, 39.0]]},
    {"type": "Polygon", "coordinates": [SQUARE]},
    {"type": "Polygon", "coordinates": [SQUARE[::-1]]},  # the same, turned round
]
VALUES = st.sampled_from([None, True, 1, 1.0, 0, False, "1", "", ["a"], ["a", "b"], {"k": 1}])
PROPERTIES = st.dictionaries(st.sampled_from("xyz"), VALUES, max_size=3)
IDS = ["a", "b", "c", "d", 1, 2]
FEATURE = st.tuples(PROPERTIES, st.sampled_from(GEOMETRIES))
WORLDS = st.dictionaries(st.sampled_from(IDS), FEATURE, max_size=6)
World = dict[Any, tuple[dict[str, Any], dict[str, Any] | None]]


@st.composite
def edited(draw: st.DrawFn, world: World) -> World:
    """A world after a few edits, each of one thing."""
    result = {key: (dict(properties), geometry) for key, (properties, geometry) in world.items()}
    for key in draw(st.lists(st.sampled_from(IDS), max_size=4)):
        action = draw(st.sampled_from(["geometry", "set", "unset", "whole", "remove"]))
        if action == "whole" or key not in result:
            result[key] = draw(FEATURE)
        elif action == "remove":
            del result[key]
        elif action == "geometry":
            result[key] = (result[key][0], draw(st.sampled_from(GEOMETRIES)))
        elif action == "set":
            result[key][0][draw(st.sampled_from("xyz"))] = draw(VALUES)
        else:
            result[key][0].pop(draw(st.sampled_from("xyz")), None)
    return result


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Feature], list[Feature], list[Feature]]:
    """A base and two versions that grew from it, each in an order of its own."""
    base = draw(WORLDS)
    return tuple(
        draw(st.permutations(features(world)))  # type: ignore[return-value]
        for world in (base, draw(edited(base)), draw(edited(base)))
    )


def features(world: World) -> list[Feature]:
    return [Feature(key, properties, geometry) for key, (properties, geometry) in world.items()]


def atoms(version: list[Feature] | tuple[Feature, ...]) -> dict[tuple[str, ...], str]:
    """All that can be edited on its own, as text, read back from the canonical file."""
    found = {}
    for one in json.loads(dumps(version))["features"]:
        key = str(one["id"])
        found[key, "there"] = json.dumps(one["id"])
        found[key, "geometry"] = json.dumps(one["geometry"])
        for name, value in one["properties"].items():
            found[key, "property", name] = json.dumps(value, sort_keys=True)
    return found


def applied(
    old: dict[tuple[str, ...], str], new: dict[tuple[str, ...], str], to: dict[tuple[str, ...], str]
) -> dict[tuple[str, ...], str]:
    """What `to` becomes by the edits that lead from `old` to `new`."""
    result = {key: text for key, text in to.items() if key in new or key not in old}
    return result | {key: text for key, text in new.items() if old.get(key) != text}


@given(histories())
def test_two_equal_sides_are_the_result(history: Any) -> None:
    base, side, _ = history
    merged = merge_features(base, side, side)
    assert merged.conflicts == ()
    assert dumps(merged.features) == dumps(side)


@given(histories())
def test_the_side_that_changed_is_the_result(history: Any) -> None:
    base, side, _ = history
    for merged in (merge_features(base, base, side), merge_features(base, side, base)):
        assert merged.conflicts == ()
        assert dumps(merged.features) == dumps(side)


@given(histories())
def test_sides_exchanged_mirror_the_result(history: Any) -> None:
    base, ours, theirs = history
    merged, mirrored = merge_features(base, ours, theirs), merge_features(base, theirs, ours)
    assert dumps(merged.features) == dumps(mirrored.features)
    assert merged.conflicts == tuple(
        Conflict(one.id, one.base, one.theirs, one.ours, one.geometry, one.properties)
        for one in mirrored.conflicts
    )


@given(histories())
def test_a_clean_merge_is_both_edits_in_either_order(history: Any) -> None:
    base, ours, theirs = history
    merged = merge_features(base, ours, theirs)
    settled = {str(one.id) for one in merged.features}
    conflicts = {str(one.id) for one in merged.conflicts}
    o, a, b = (
        {key: text for key, text in atoms(side).items() if key[0] not in conflicts}
        for side in history
    )
    assert atoms(merged.features) == applied(o, b, to=a) == applied(o, a, to=b)
    assert not settled & conflicts


@given(histories())
def test_no_feature_is_lost(history: Any) -> None:
    base, ours, theirs = history
    merged = merge_features(base, ours, theirs)
    told = {str(one.id) for one in (*merged.features, *merged.conflicts)}
    o, a, b = (
        {
            str(json.loads(line.rstrip(b","))["id"]): line.rstrip(b",")
            for line in dumps(side).split(b"\n")[1:-2]
        }
        for side in history
    )
    for key in a.keys() | b.keys():
        removed_and_else_untouched = (
            key in o
            and {a.get(key, o[key]), b.get(key, o[key])} == {o[key]}
            and not (key in a and key in b)
        )
        assert (key in told) != removed_and_else_untouched


@given(histories(), st.permutations([1, 3, 4, 5]), PROPERTIES, PROPERTIES)
def test_two_edits_of_one_geometry_always_conflict(
    history: Any, drawn: list[int], ours_too: dict[str, Any], theirs_too: dict[str, Any]
) -> None:
    sides = [
        [*side, Feature("road", properties, GEOMETRIES[index])]
        for side, properties, index in zip(history, ({}, ours_too, theirs_too), drawn, strict=False)
    ]
    conflict = next(one for one in merge_features(*sides).conflicts if one.id == "road")
    assert conflict.geometry
    assert "the geometry" in conflict.reason


@given(WORLDS.filter(bool), st.data())
def test_edits_of_different_things_never_conflict(world: World, data: st.DataObject) -> None:
    places = [(key, what) for key in world for what in ("geometry", "x", "y", "z")]
    owners = data.draw(st.lists(st.sampled_from("ab-"), min_size=len(places), max_size=len(places)))
    edits = {
        place: data.draw(st.sampled_from(GEOMETRIES) if place[1] == "geometry" else VALUES)
        for place in places
    }

    def edited_by(sides: str) -> list[Feature]:
        result = {
            key: (dict(properties), geometry) for key, (properties, geometry) in world.items()
        }
        for (key, what), owner in zip(places, owners, strict=True):
            if owner in sides and what == "geometry":
                result[key] = (result[key][0], edits[key, what])
            elif owner in sides:
                result[key][0][what] = edits[key, what]
        return features(result)

    merged = merge_features(features(world), edited_by("a"), edited_by("b"))
    assert merged.conflicts == ()
    assert dumps(merged.features) == dumps(edited_by("ab"))


def resolved(text: bytes, choose: Any) -> list[dict[str, Any]]:
    """The features that are left once each conflict is decided by an editor of lines."""
    kept, side, keeps = [], None, None
    for line in text.split(b"\n"):
        if line == b"<<<<<<< ours":
            side, keeps = "ours", choose()
        elif line == b"=======":
            side = "theirs"
        elif line == b">>>>>>> theirs":
            side = None
        elif side is None or side == keeps:
            kept.append(line)
    found: list[dict[str, Any]] = json.loads(b"\n".join(kept))["features"]
    return found


@given(histories(), st.data())
def test_conflicts_leave_geojson_whichever_side_is_kept(history: Any, data: st.DataObject) -> None:
    merged = merge_features(*history)
    text = conflict_text(merged)
    for side in ("ours", "theirs"):
        kept = [getattr(one, side) for one in merged.conflicts]
        whole = [*merged.features, *(one for one in kept if one is not None)]
        expected = json.loads(dumps(whole))["features"]
        found = resolved(text, lambda side=side: side)
        assert sorted(map(json.dumps, found)) == sorted(map(json.dumps, expected))
    mixed = resolved(text, lambda: data.draw(st.sampled_from(["ours", "theirs"])))
    assert {str(one.id) for one in merged.features} <= {str(one["id"]) for one in mixed}


def road(**changes: Any) -> Feature:
    what = {"name": "Road", "status": "open", "geometry": GEOMETRIES[4], **changes}
    geometry = what.pop("geometry")
    return Feature("road", {key: value for key, value in what.items() if value != "-"}, geometry)


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        pytest.param(
            road(status="closed"),
            road(name="Way"),
            road(status="closed", name="Way"),
            id="two properties",
        ),
        pytest.param(
            road(status="closed"),
            road(geometry=GEOMETRIES[5]),
            road(status="closed", geometry=GEOMETRIES[5]),
            id="a property and the geometry",
        ),
        pytest.param(
            road(status="-"),
            road(lanes=2),
            road(status="-", lanes=2),
            id="a property removed, another added",
        ),
        pytest.param(
            road(status="closed", geometry=None),
            road(status="closed", name="Way"),
            road(status="closed", name="Way", geometry=None),
            id="partly alike",
        ),
        pytest.param(None, road(), None, id="removed by ours"),
        pytest.param(None, None, None, id="removed by both"),
    ],
)
def test_what_merges(ours: Feature | None, theirs: Feature | None, expected: Any) -> None:
    merged = merge_features([road()], filter(None, [ours]), filter(None, [theirs]))
    assert merged.conflicts == ()
    assert merged.features == ((expected,) if expected else ())


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "reason"),
    [
        pytest.param(
            road(),
            road(status="closed"),
            road(status="-"),
            'both sides changed the property "status"',
            id="property",
        ),
        pytest.param(
            road(),
            road(status="closed", geometry=None),
            road(geometry=GEOMETRIES[5], status="planned"),
            'both sides changed the geometry and the property "status"',
            id="geometry",
        ),
        pytest.param(
            road(),
            None,
            road(status="closed"),
            "ours removed it, theirs changed it",
            id="removed by ours",
        ),
        pytest.param(
            road(),
            road(geometry=None),
            None,
            "theirs removed it, ours changed it",
            id="removed by theirs",
        ),
        pytest.param(
            None,
            road(),
            road(status="closed"),
            "both sides added it, each in its own way",
            id="added",
        ),
        pytest.param(
            road(lanes=2),
            road(lanes=1),
            road(lanes=True),
            'both sides changed the property "lanes"',
            id="1 and true",
        ),
        pytest.param(
            road(lanes=2),
            road(lanes=1),
            road(lanes=1.0),
            'both sides changed the property "lanes"',
            id="1 and 1.0",
        ),
    ],
)
def test_what_is_in_conflict(base: Any, ours: Any, theirs: Any, reason: str) -> None:
    merged = merge_features(filter(None, [base]), filter(None, [ours]), filter(None, [theirs]))
    assert merged.features == ()
    (conflict,) = merged.conflicts
    assert (conflict.base, conflict.ours, conflict.theirs) == (base, ours, theirs)
    assert conflict.reason == reason


def test_a_ring_that_starts_elsewhere_has_not_changed() -> None:
    base, redrawn = road(geometry=GEOMETRIES[6]), road(geometry=GEOMETRIES[7])
    merged = merge_features([base], [redrawn], [road(geometry=GEOMETRIES[1])])
    assert merged.conflicts == ()
    assert merged.features[0].geometry == GEOMETRIES[1]


def test_a_number_and_its_text_are_one_id() -> None:
    merged = merge_features(
        [Feature(1, {}, None)], [Feature("1", {}, None)], [Feature(1, {"a": 1}, None)]
    )
    assert merged.conflicts == ()
    assert merged.features == (Feature("1", {"a": 1}, None),)


def test_ids_are_needed_and_differ() -> None:
    with pytest.raises(MissingId, match=r"theirs: features\[0\]: it has no id"):
        merge_features([], [], [Feature(None, {}, None)])
    with pytest.raises(DuplicateId, match="ours: 1: two features have this id"):
        merge_features([], [Feature(1, {}, None), Feature("1", {}, None)], [])


def test_conflict_text() -> None:
    names = {"a": 1, "b": 1, "c": 1}
    base = [Feature(name, {"v": value}, None) for name, value in names.items()]
    ours = [Feature("a", {"v": 2}, None), Feature("b", {"v": 2}, None), base[2]]
    theirs = [base[0], Feature("b", {"v": 3}, None), Feature("c", {"v": 3}, None)]
    line = '{"type":"Feature","id":"%s","properties":{"v":%d},"geometry":null}'
    assert conflict_text(merge_features(base, ours, theirs), marker_size=9).decode() == (
        '{"type":"FeatureCollection","features":[\n' + line % ("a", 2) + ",\n"
        "<<<<<<<<< ours\n" + line % ("b", 2) + ",\n"
        "=========\n" + line % ("b", 3) + ",\n"
        ">>>>>>>>> theirs\n" + line % ("c", 3) + "\n]}\n"
    )


def test_a_last_feature_that_may_vanish_stands_before_one_that_stays() -> None:
    a, b = Feature("a", {}, None), Feature("b", {}, None)
    text = conflict_text(merge_features([a, b], [a], [a, Feature("b", {"v": 1}, None)]))
    line = b'{"type":"Feature","id":"%s","properties":{%s},"geometry":null}'
    assert text == (
        b'{"type":"FeatureCollection","features":[\n<<<<<<< ours\n=======\n'
        + line % (b"b", b'"v":1')
        + b",\n>>>>>>> theirs\n"
        + line % (b"a", b"")
        + b"\n]}\n"
    )
    assert parse(b"\n".join(text.split(b"\n")[:1] + text.split(b"\n")[5:])).features == (a,)


def test_features_that_may_all_vanish_share_their_markers() -> None:
    a, b = Feature("a", {}, None), Feature("b", {}, None)
    new_a, new_b = Feature("a", {"v": 1}, None), Feature("b", {"v": 1}, None)
    text = conflict_text(merge_features([a, b], [new_b], [new_a]))
    line = b'{"type":"Feature","id":"%s","properties":{"v":1},"geometry":null}\n'
    assert text == (
        b'{"type":"FeatureCollection","features":[\n<<<<<<< ours\n'
        + line % b"b"
        + b"=======\n"
        + line % b"a"
        + b">>>>>>> theirs\n]}\n"
    )
