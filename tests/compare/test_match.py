"""Matching: canonical lines, ids, equal geometry, shape; and lines that are not what they seem."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone import errors, geojson
from pkzone.compare.inputs import DiffInputs
from pkzone.compare.match import Matched, match
from pkzone.geojson import Feature
from tests.helpers.small_features import (
    BASE,
    TARGET,
    TOLD,
    box,
    features,
    line,
    one,
    point,
    told,
    written,
)


def matched(base: Any, target: Any) -> tuple[Matched, bool]:
    """Match two inputs; tell whether both were compared by their lines alone."""
    with DiffInputs(base, target) as sides:
        found = match(sides.base, sides.target, tolerance_m=25.0)
        return found, not (sides.base.was_read or sides.target.was_read)


def test_canonical_files_are_compared_by_lines(base: Path, target: Path) -> None:
    found, by_lines = matched(base, target)
    assert by_lines
    assert found.unchanged == 1
    assert told(pkzone.diff(base, target)) == TOLD


def test_a_file_that_changes_under_our_hands(base: Path) -> None:
    with DiffInputs(base, base) as sides:
        assert match(sides.base, sides.target, tolerance_m=25.0).unchanged == len(BASE)
        assert list(sides.base.features()) == list(geojson.read(base).features)
        base.write_bytes(base.read_bytes().replace(b"\n", b" "))
        with pytest.raises(errors.Unreadable, match="changed while it was read"):
            list(sides.base.features())


def test_totals_are_the_same_from_lines_and_from_features() -> None:
    versions = pkzone.catalogue()["control"].versions
    streamed = pkzone.diff(versions[0], versions[-1])
    whole = pkzone.diff(versions[0].features(), versions[-1].features())
    assert streamed.areas is not None
    assert streamed.areas == whole.areas


def test_empty_canonical_files(tmp_path: Path, target: Path) -> None:
    empty = written(tmp_path / "empty.geojson")
    assert matched(empty, empty) == (Matched(), True)
    assert pkzone.diff(empty, empty).is_empty
    assert pkzone.diff(empty, target).summary["added"] == len(TARGET)
    assert pkzone.diff(target, empty).summary["removed"] == len(TARGET)


MANGLED: dict[str, Callable[[bytes], bytes]] = {
    "one line": lambda text: text.replace(b"\n", b""),
    "windows line ends": lambda text: text.replace(b"\n", b"\r\n"),
    "byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "no final newline": lambda text: text[:-1],
    "blank line at the end": lambda text: text + b"\n",
    "the end on the last line": lambda text: text.replace(b"\n]}\n", b"]}\n"),
    "spaces": lambda text: text.replace(b'{"type":"Feature"', b' {"type": "Feature"'),
    "indented": lambda text: json.dumps(json.loads(text), indent=1).encode(),
    "two features a line": lambda text: text.replace(b"},\n{", b"},{", 2),
    "a feature on two lines": lambda text: text.replace(b',"geometry"', b',\n"geometry"', 1),
    "a comma on the next line": lambda text: text.replace(b"},\n{", b"}\n,{", 1),
    "other order of keys": lambda text: _with_keys_turned(text),
    "other order of features": lambda text: _with_features_turned(text),
    "a member of the collection": lambda text: text.replace(b"]}\n", b'],"name":"x"}\n'),
    "a bbox": lambda text: text.replace(b'"Feature","id"', b'"Feature","bbox":[1,2,3,4],"id"', 1),
}


def _with_keys_turned(text: bytes) -> bytes:
    root = json.loads(text)
    root["features"] = [dict(reversed(one.items())) for one in root["features"]]
    return _laid_out(root["features"])


def _with_features_turned(text: bytes) -> bytes:
    return _laid_out(json.loads(text)["features"][::-1])


def _laid_out(members: list[Any]) -> bytes:
    lines = ",\n".join(json.dumps(member, separators=(",", ":")) for member in members)
    return ('{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n").encode()


@pytest.mark.parametrize("side", ["base", "target", "both"])
@pytest.mark.parametrize("how", MANGLED)
def test_another_layout_gives_the_same_answer(
    how: str, side: str, base: Path, target: Path
) -> None:
    for name, path in (("base", base), ("target", target)):
        if side in (name, "both"):
            path.write_bytes(MANGLED[how](path.read_bytes()))
    found = pkzone.diff(base, target)
    assert told(found) == TOLD
    assert found.unchanged == 1


def test_what_stands_before_the_end_is_read(base: Path, target: Path) -> None:
    target.write_bytes(target.read_bytes().replace(b"\n]}\n", b"{]}\n"))
    with pytest.raises(errors.InvalidJSON):
        pkzone.diff(base, target)


def test_a_feature_nested_by_its_braces_is_none(tmp_path: Path) -> None:
    """The second line is an element of an array that the first one opens."""

    def text(inner: str) -> bytes:
        point = '"geometry":{"type":"Point","coordinates":[1,2]}}'
        return (
            '{"type":"FeatureCollection","features":[\n'
            f'{{"type":"Feature","id":"a","properties":{{"a":[{{"b":{{"c":1}},{point},\n'
            f'{{"type":"Feature","id":"b","properties":{{"n":{inner}}},{point},\n'
            f'{{"type":"Feature","id":"c","properties":{{}},{point}]}},{point}\n]}}\n'
        ).encode()

    base, target = tmp_path / "base.geojson", tmp_path / "target.geojson"
    base.write_bytes(text("1"))
    target.write_bytes(text("2"))
    found = pkzone.diff(base, target)
    assert told(found) == [("a", "modified")]


def test_a_feature_hidden_in_a_property_is_none(tmp_path: Path) -> None:
    """Every line opens and closes like a feature, but the second is part of the first."""

    def text(inner: str) -> bytes:
        return (
            '{"type":"FeatureCollection","features":[\n'
            '{"type":"Feature","id":"a","properties":{"n":"}}","x":[{},\n'
            f'{{"type":"Feature","id":"b","properties":{{"n":{inner}}},"geometry":null}},\n'
            '{"type":"Feature","id":"c","properties":{},"geometry":null}]},"geometry":null}\n]}\n'
        ).encode()

    base, target = tmp_path / "base.geojson", tmp_path / "target.geojson"
    base.write_bytes(text("1"))
    target.write_bytes(text("2"))
    found = pkzone.diff(base, target)
    assert told(found) == [("a", "modified")]
    assert list(found.changes[0].properties) == ["x"]


def test_a_brace_in_a_text_ends_no_object(tmp_path: Path) -> None:
    """The text in b holds what would end its properties; still it is one feature."""
    sly = '},"geometry":{"type":"Point","coordinates":'
    base = written(tmp_path / "base.geojson", one("a", None), one("b", None, text=sly))
    target = written(tmp_path / "target.geojson", one("a", None, n=1), one("b", None, text=sly))
    found, by_lines = matched(base, target)
    assert by_lines
    assert found.unchanged == 1
    assert told(pkzone.diff(base, target)) == [("a", "modified")]


@pytest.mark.parametrize(
    ("labels", "by_lines"),
    [
        (["10", "9", "a", "ab", "b"], True),
        ([10, 9, -1], True),
        (["é", "ｅ", "𝒆"], True),
        (['quote " in it', "z"], True),
        ([None, "a"], False),
        ([None, None], True),
        (["", "a"], True),
        (["b", "a", 7], True),
        ([2**70, "a"], True),
    ],
    ids=repr,
)
def test_ids_that_lines_tell(labels: list[Any], by_lines: bool, tmp_path: Path) -> None:
    base = written(
        tmp_path / "base.geojson",
        *(one(label, point(46, 39 + i)) for i, label in enumerate(labels)),
    )
    target = written(
        tmp_path / "target.geojson",
        *(one(label, point(46, 39 + i), n=1) for i, label in enumerate(labels)),
    )
    assert matched(base, base)[1] == by_lines
    found = pkzone.diff(base, target)
    assert {change.kind for change in found.changes} == {"modified"}
    assert sorted(str(change.id) for change in found.changes) == sorted(map(str, labels))


@pytest.mark.parametrize(
    ("line_number", "old", "new", "error", "told_of"),
    [
        (2, b"[46.1,39]", b"[46.1,139]", errors.SwappedCoordinates, "b"),
        (2, b"[46.1,39]", b"[46.1,NaN]", errors.BadNumber, "b"),
        (2, b'"name":"B"', b'"name":"B","name":"C"', errors.DuplicateKey, "b"),
        (2, b'"id":"b"', b'"id":"a"', errors.DuplicateId, "a"),
        (2, b'"id":"b"', b'"id":true', errors.BadId, "features[1]"),
        (2, b'"coordinates"', b'"coordinate"', errors.BadStructure, "b"),
        (4, b"[46.5,39.5]", b"[46.5,39.5", errors.InvalidJSON, "line 5"),
    ],
)
def test_a_line_that_differs_is_read_strictly(
    line_number: int,
    old: bytes,
    new: bytes,
    error: type[Exception],
    told_of: str,
    base: Path,
    target: Path,
) -> None:
    lines = base.read_bytes().split(b"\n")
    assert old in lines[line_number]
    lines[line_number] = lines[line_number].replace(old, new)
    base.write_bytes(b"\n".join(lines))
    with pytest.raises(error) as refused:
        pkzone.diff(base, target)
    assert str(refused.value).startswith(f"{base}: ")
    assert told_of in str(refused.value)
    with pytest.raises(error):
        pkzone.diff(target, base)


def test_digits_that_the_canonical_form_drops_are_no_change(tmp_path: Path) -> None:
    base = written(tmp_path / "base.geojson", one("a", point(46, 39), n=1))
    target = tmp_path / "target.geojson"
    text = base.read_bytes().replace(b'"n":1', b'"n":1.0')
    target.write_bytes(text.replace(b"[46,39]", b"[46.00000004,39.0]"))
    found, by_lines = matched(base, target)
    assert by_lines
    assert found == Matched(unchanged_by=Counter(id=1))


def test_foreign_members_are_told_of(tmp_path: Path, base: Path, target: Path) -> None:
    text = target.read_bytes().replace(b'"geometry":null}', b'"geometry":null,"odd":1}')
    target.write_bytes(text)
    found = pkzone.diff(base, target)
    assert told(found) == TOLD
    assert len(found.notices) == 1
    assert "c: the feature loses members that are not GeoJSON: odd" in found.notices[0]


def test_a_versions_hash_is_checked_while_it_is_streamed(small_root: Path) -> None:
    catalogue = pkzone.catalogue(small_root)
    layer = next(one for one in catalogue.layers if len(one.versions) > 1)
    first, last = layer.versions[0], layer.versions[-1]
    assert pkzone.diff(first, last, catalogue=catalogue).base.sha256 == first.sha256
    first.path.write_bytes(first.path.read_bytes().replace(b"46.", b"45.", 1))
    assert sha256(first.path.read_bytes()).hexdigest() != first.sha256
    with pytest.raises(errors.HashMismatch, match=first.path.name):
        pkzone.diff(first, last, catalogue=catalogue)
    with pytest.raises(errors.HashMismatch, match=first.path.name):
        pkzone.diff(first, first, catalogue=catalogue)


A_LINE = line((46, 39), (46.05, 39.02), (46.1, 39))
PARTS = (line((46, 39), (46.03, 39.012)), line((46.03, 39.012), (46.05, 39.02), (46.1, 39)))
A_BOX = box(46, 39, 46.1, 39.1)
STUBS = {
    "type": "MultiLineString",
    "coordinates": [[[46, 39], [46.02, 39]], [[46.18, 39], [46.2, 39]]],
}
HALVES = (box(46, 39, 46.04, 39.1), box(46.04, 39, 46.1, 39.1))
SPREAD = (box(46, 39, 46.1, 39.1), box(46.2, 39, 46.3, 39.1))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([one("a", A_LINE)], [one("b", A_LINE)], []),
        ([one("a", A_LINE)], [one("b", A_LINE, n=1)], [("a", "renamed", "b")]),
        ([one(1, A_LINE)], [one("1", A_LINE)], []),
        ([one(1, A_LINE)], [one("1", A_LINE, n=1)], [(1, "modified")]),
        ([one(None, A_LINE)], [one("b", A_LINE, n=1)], [("b", "modified")]),
        (
            [one("a", A_LINE)],
            [one("b", line((46, 39), (46.05, 39.021), (46.1, 39)))],
            [("a", "renamed", "b")],
        ),
        (
            [one("a", A_LINE)],
            [one("b", line((46, 39), (46.05, 39.2), (46.1, 39)))],
            [("a", "removed"), ("b", "added")],
        ),
        (  # all vertices of the road lie on its two stubs
            [one("a", line((46, 39), (46.2, 39)))],
            [one("b", STUBS)],
            [("a", "removed"), ("b", "added")],
        ),
        ([one("a", A_BOX)], [one("b", box(46, 39, 46.11, 39.1))], [("a", "renamed", "b")]),
        (
            [one("a", A_BOX)],
            [one("b", box(46, 39, 46.2, 39.1))],
            [("a", "removed"), ("b", "added")],
        ),
        (
            [one("a", point(46, 39))],
            [one("b", point(46, 39.0002))],
            [("a", "renamed", "b")],
        ),  # 22 m
        (
            [one("a", point(46, 39))],
            [one("b", point(46, 39.0003))],  # 33 m
            [("a", "removed"), ("b", "added")],
        ),
        ([one("a", point(180, 9))], [one("b", point(-179.9999, 9))], [("a", "renamed", "b")]),
        ([one("a", point(5, 89.9999))], [one("b", point(-175, 89.9999))], [("a", "renamed", "b")]),
        (
            [one("a", A_LINE)],
            [one("b", PARTS[0]), one("c", PARTS[1])],
            [("a", "split", ("b", "c"))],
        ),
        (
            [one("b", PARTS[0]), one("c", PARTS[1])],
            [one("a", A_LINE)],
            [("a", "merged", ("b", "c"))],
        ),
        (
            [one("a", A_BOX)],
            [one("b", HALVES[0]), one("c", HALVES[1])],
            [("a", "split", ("b", "c"))],
        ),
        (
            [one("b", HALVES[0]), one("c", HALVES[1])],
            [one("a", A_BOX)],
            [("a", "merged", ("b", "c"))],
        ),
        (
            [one("a", A_BOX)],
            [one("b", HALVES[0]), one("c", box(46.05, 39, 46.1, 39.1))],
            [("a", "removed"), ("b", "added"), ("c", "added")],
        ),
        (
            [one("a", A_BOX)],
            [one("b", A_BOX), one("c", A_BOX)],
            [("c", "added")],
        ),
        (
            [one("a", A_BOX)],
            [one("b", line((46, 39), (46.1, 39.1)))],
            [("a", "removed"), ("b", "added")],
        ),
        ([one("a", None)], [one("b", None)], [("a", "removed"), ("b", "added")]),
        (
            [one("a", A_BOX, n=1), one("b", A_BOX, n=2)],
            [one("c", A_BOX, n=2), one("d", A_BOX, n=1)],
            [],
        ),
    ],
)
def test_what_is_left_over_is_matched_by_shape(
    before: list[Feature], after: list[Feature], expected: list[tuple[Any, ...]]
) -> None:
    assert told(pkzone.diff(features(*before), features(*after))) == expected


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        (A_BOX, HALVES),
        (A_LINE, PARTS),
        ({"type": "MultiPolygon", "coordinates": [one["coordinates"] for one in SPREAD]}, SPREAD),
    ],
)
@pytest.mark.parametrize("label", ["a", 1])
def test_a_part_may_keep_the_id_of_the_whole(
    whole: dict[str, Any], parts: list[dict[str, Any]], label: str | int
) -> None:
    rest = one("z", point(40, 40))
    before = features(one(label, whole, name="A", status="open"), rest)
    after = features(one(label, parts[0], name="A", status="closed"), one("b", parts[1]), rest)
    found = pkzone.diff(before, after)
    assert told(found) == [(label, "split", (label, "b"))]
    assert found.changes[0].aspects == ("geometry", "properties")
    assert list(found.changes[0].properties) == ["status"]
    assert pkzone.apply(found, before).features == after.features
    back = pkzone.diff(after, before)
    assert told(back) == [(label, "merged", (label, "b"))]
    assert list(back.changes[0].properties) == ["status"]


@pytest.mark.parametrize(
    ("kept", "added"),
    [
        (HALVES[0], box(46.06, 39, 46.1, 39.1)),  # a strip belongs to neither
        (box(46, 39, 46.09999, 39.1), box(46.099, 39, 46.1, 39.1)),  # all but a metre stays
        (box(46, 39, 46.06, 39.1), box(46.04, 39, 46.1, 39.1)),  # a fifth belongs to both
        (box(46, 39, 46.04, 39.15), HALVES[1]),  # it grows elsewhere
        (HALVES[0], line((46.04, 39), (46.1, 39.1))),
        (point(46.02, 39.05), HALVES[1]),
        ({"type": "Polygon", "coordinates": []}, HALVES[1]),
        (None, HALVES[1]),
    ],
)
def test_what_keeps_its_id_without_a_counterpart_is_no_part(
    kept: dict[str, Any] | None, added: dict[str, Any]
) -> None:
    found = pkzone.diff(features(one("a", A_BOX)), features(one("a", kept), one("b", added)))
    assert told(found) == [("a", "modified"), ("b", "added")]


@pytest.mark.parametrize("tolerance_m", [0.0, 25.0, 1e9])
def test_no_tolerance_makes_or_breaks_a_split(tolerance_m: float) -> None:
    far = one("far", box(46, 39.11, 46.1, 39.15))
    found = pkzone.diff(
        features(one("a", A_BOX)),
        features(one("b", HALVES[0]), one("c", HALVES[1]), far),
        tolerance_m=tolerance_m,
    )
    assert told(found) == [("a", "split", ("b", "c")), ("far", "added")]


@pytest.mark.parametrize(
    ("before", "after", "expected", "unchanged"),
    [
        ([one(None, A_BOX, n=1)], [one(None, A_BOX, n=1)], [], 1),
        ([one(None, A_BOX, n=1)], [one(None, A_BOX, n=2)], [(None, "modified")], 0),
        ([one(None, A_BOX)], [one(None, box(46, 39, 46.1, 39.101))], [(None, "modified")], 0),
        ([one(None, None, n=1)], [one(None, None, n=1)], [], 1),
        ([one(None, None, n=1)], [one(None, None, n=2)], [(None, "removed"), (None, "added")], 0),
        ([one(None, A_BOX)], [one("a", A_BOX)], [], 1),
        ([one(None, A_BOX)] * 3, [one(None, A_BOX)] * 2, [(None, "removed")], 2),
    ],
)
def test_features_without_an_id_are_known_by_geometry_and_properties(
    before: list[Feature], after: list[Feature], expected: list[tuple[Any, ...]], unchanged: int
) -> None:
    found = pkzone.diff(features(*before), features(*after))
    assert told(found) == expected
    assert found.unchanged == unchanged


# A road under another id but the same code, a post where it was under another id, and a post
# whose id another has now.
ROAD, DETOUR = line((46, 39), (46.1, 39)), line((46, 39), (46.05, 39.05), (46.1, 39))
BEFORE = features(
    one("a", ROAD, code="R1"),
    one("b", point(46.5, 39.5), code="P1"),
    one("c", point(46.7, 39.7), code="P2"),
    one("d", box(47, 39, 47.1, 39.1), code="A1"),
)
AFTER = features(
    one("x", DETOUR, code="R1"),
    one("c", point(46.5, 39.5), code="P1", name="Post"),
    one("y", point(46.7001, 39.7), code="P2"),
    one("d", box(47, 39, 47.1, 39.1), code="A1"),
)
ALONE = [("a", "removed"), ("x", "added")]


@pytest.mark.parametrize(
    ("match", "changes", "counts"),
    [
        ("id", [*ALONE, ("b", "removed"), ("c", "modified"), ("y", "added")], {"id": 2}),
        (
            "id,property",
            [("a", "renamed", "x"), ("b", "removed"), ("c", "modified"), ("y", "added")],
            {"id": 2, "property": 1},
        ),
        (
            "geometry,id",
            [*ALONE, ("b", "renamed", "c"), ("c", "removed"), ("y", "added")],
            {"geometry": 2, "id": 0},
        ),
        (
            "geometry,near,id",
            [*ALONE, ("b", "renamed", "c"), ("c", "renamed", "y")],
            {"geometry": 2, "near": 1, "id": 0},
        ),
        (
            "property",
            [("a", "renamed", "x"), ("b", "renamed", "c"), ("c", "renamed", "y")],
            {"property": 4},
        ),
        (
            "near",
            [*ALONE, ("b", "renamed", "c"), ("c", "renamed", "y")],
            {"near": 3},
        ),
    ],
)
def test_the_order_of_matching_may_be_stated(
    match: str, changes: list[tuple[str, ...]], counts: dict[str, int]
) -> None:
    found = pkzone.diff(BEFORE, AFTER, match=match)
    assert sorted(told(found)) == sorted(changes)
    assert found.matched == counts
    assert list(found.matched) == match.split(",")
    notice = "features are matched in this order: "
    [shown] = [one.removeprefix(notice) for one in found.notices if one.startswith(notice)]
    labels = {step: step for step in counts} | {"property": "property (code)"}
    assert shown == ", ".join(f"{counts[step]} by {labels[step]}" for step in found.matched)


def test_no_property_that_ids_are_from_matches_what_they_left_over() -> None:
    found = pkzone.diff(BEFORE, AFTER, id_property="code", match=("id", "property"))
    assert found.matched == {"id": 4, "property": 0}


def test_without_ids_on_a_side_none_is_matched_by_them(tmp_path: Path) -> None:
    nameless = written(
        tmp_path / "x.geojson", *(Feature(None, f.properties, f.geometry) for f in AFTER.features)
    )
    found = pkzone.diff(BEFORE, nameless, match=("id",))
    assert found.summary["added"] == found.summary["removed"] == 4
    assert any(one.endswith("has no ids; no feature has its id") for one in found.notices)


@pytest.mark.parametrize(
    ("ours", "theirs", "pairs"),
    [
        # equal properties first, then equal ids
        ((("a", 1), ("b", 2)), ((("a", 2), ("b", 1))), {("a", "b"), ("b", "a")}),
        ((("a", 1), ("b", 2)), ((("b", 3), ("a", 4))), {("a", "a"), ("b", "b")}),
        ((("a", 1), ("b", 1)), ((("b", 1), ("c", 1))), {("a", "c"), ("b", "b")}),
    ],
)
def test_of_several_in_one_place_the_most_alike_are_paired(
    ours: Any, theirs: Any, pairs: set[tuple[str, str]]
) -> None:
    base, target = (
        features(*(one(label, point(46, 39), n=n) for label, n in side)) for side in (ours, theirs)
    )
    with DiffInputs(base, target) as sides:
        found = match(sides.base, sides.target, tolerance_m=25.0, order=("geometry",))
    pairs_found = [(pair.base.id, pair.target.id) for pair in (*found.pairs, *found.renamed)]
    pairs_found += [(before.id, after.id) for before, after in found.ids_changed]
    # what is the same, id and all, is counted and not listed
    assert sorted(pairs_found) == sorted(pairs - {("b", "b")} if found.unchanged_by else pairs)


@pytest.mark.parametrize(
    ("steps", "counts"),
    [
        ("id", {"id": 0}),
        ("id,property", {"id": 0, "property": 0}),
        ("id,geometry", {"id": 0, "geometry": 1}),
        ("id,property,geometry", {"id": 0, "property": 0, "geometry": 1}),
        ("id,near", {"id": 0, "near": 1}),
    ],
)
def test_equal_lines_without_an_id_are_no_match_by_id(
    steps: str, counts: dict[str, int], tmp_path: Path
) -> None:
    path = tmp_path / "posts.geojson"
    path.write_bytes(geojson.dumps([Feature(None, {"kind": "post"}, point(46, 39))]))
    found = pkzone.diff(path, path, match=steps)
    assert found.matched == counts
    assert found.summary["added"] == found.summary["removed"] == 1 - sum(counts.values())


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (
            ("id", "propety"),
            "'propety' is not a step of matching; did you mean property\\? choose from",
        ),
        ("geometry,geometry", "the step geometry of matching occurs twice"),
        ((), "there is no step of matching; choose from id, property, geometry, near"),
        (("\x1b[2J",), r"x1b"),
    ],
)
def test_a_step_that_is_none_is_refused(steps: Any, reason: str) -> None:
    with pytest.raises(errors.BadOption, match=reason):
        pkzone.diff(BEFORE, AFTER, match=steps)
