"""Who is who: ids as members, in the property ``id``, in another property, or none at all."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import pkzone
from pkzone import errors, geojson
from pkzone.geojson import Feature, FeatureCollection
from pkzone.git.merge_driver import merge_files
from pkzone.layers.frames import frame_of_features
from pkzone.layers.identity import key_of, option_of, properties_of
from pkzone.reports.diff_report import report_of
from tests.compare.test_laws import LIMITS, LOCAL, edited
from tests.git.test_three_way_merge import histories
from tests.helpers.small_features import box, features, line, one, point, told

ROADS = (
    one("old", line((46.5, 39.6), (46.6, 39.65)), name="Old road", status="open"),
    one("new", line((46.5, 39.55), (46.6, 39.6)), name="New road", status="planned"),
    one("spur", line((46.6, 39.65), (46.62, 39.66)), name="Spur", status="open"),
)


def saved_by_gdal(given: list[Feature] | tuple[Feature, ...]) -> list[Feature]:
    """The features as GDAL 3.8 writes them: an id that is text becomes the field ``id``.

    Whole numbers become its FID, which its GeoJSON writer leaves out.
    """
    if any(isinstance(each.id, str) for each in given):
        return [
            Feature(None, {"id": str(each.id), **each.properties}, each.geometry) for each in given
        ]
    return [replace(each, id=None) for each in given]


def summary(base: Any, target: Any, **options: Any) -> dict[str, int]:
    found = pkzone.diff(features(*base), features(*target), evidence=False, **options).summary
    return {kind: count for kind, count in found.items() if count}


def test_ids_moved_to_the_property_id_are_ids() -> None:
    found = pkzone.diff(features(*ROADS), features(*saved_by_gdal(ROADS)))
    assert (found.is_empty, found.unchanged, found.ids_changed) == (True, 3, ())
    assert found.notices == ("<features>: has no ids; the property id takes their place",)
    assert "id" not in pkzone.apply(found, saved_by_gdal(ROADS)).features[0].properties


@pytest.mark.parametrize("options", [{}, {"id_property": "id"}, {"id_property": "auto"}])
def test_what_was_edited_in_a_file_saved_by_gdal(options: dict[str, str]) -> None:
    edits = saved_by_gdal(ROADS)
    edits[0] = replace(edits[0], properties=edits[0].properties | {"status": "former"})
    edits[1] = replace(edits[1], geometry=line((46.4, 39.5), (46.6, 39.6)))
    for sides in ((ROADS, edits), (edits, ROADS)):
        found = pkzone.diff(*(features(*side) for side in sides), **options)
        assert told(found) == [("new", "modified"), ("old", "modified")]
        assert [list(change.properties) for change in found.changes] == [[], ["status"]]
        assert found.unchanged == 1


def test_numbers_are_dropped_by_gdal_and_features_paired_by_place() -> None:
    numbered = [replace(each, id=number) for number, each in enumerate(ROADS)]
    edits = saved_by_gdal(numbered)
    edits[0] = replace(edits[0], properties=edits[0].properties | {"status": "former"})
    found = pkzone.diff(features(*numbered), features(*edits))
    assert told(found) == [(0, "modified")]
    assert (found.unchanged, len(found.ids_changed)) == (2, 2)
    assert "<features>: has no ids; its features are paired by place" in found.notices
    assert told(pkzone.diff(features(*edits), features(*numbered))) == [(0, "modified")]
    back = pkzone.apply(found, features(*numbered))
    assert [each.id for each in back.features] == [None, None, None]


def test_a_property_id_that_is_not_full_or_not_unique_is_not_taken() -> None:
    for value in (None, "old"):
        added = one(None, point(47, 39), id=value)
        found = pkzone.diff(features(*ROADS), features(*saved_by_gdal(ROADS), added))
        assert told(found) == [(None, "added")]
        assert (found.unchanged, len(found.ids_changed)) == (3, 3)
        assert any("--id id" in notice for notice in found.notices)


def test_nothing_else_is_taken_unasked() -> None:
    base = [one(None, point(46 + n, 39), fid=n, Id=n, ID=n, d="x") for n in range(3)]
    target = [one(None, point(46 + n, 39 + (n == 1)), fid=n, Id=n, ID=n, d="x") for n in range(3)]
    found = pkzone.diff(features(*base), features(*target))
    assert found.summary["unchanged"] == 2
    assert sorted(told(found)) == [(None, "added"), (None, "removed")]
    (hint,) = found.notices
    assert "--id ID, or --id auto, tells features apart" in hint
    for name in ("fid", "auto"):
        found = pkzone.diff(features(*base), features(*target), id_property=name)
        assert told(found) == [(1, "modified")]


def test_no_hint_names_what_few_have_in_common_or_two_share() -> None:
    base = [one(None, point(46 + n, 39), run=f"a{n}", kind="x") for n in range(3)]
    target = [one(None, point(46 + n, 40), run=f"b{n}", kind="x") for n in range(3)]
    found = pkzone.diff(features(*base), features(*target))
    assert found.notices == ()


def test_the_member_counts_where_one_side_lacks_the_property() -> None:
    """Overpass writes ids as ``@id``, older exports without the member."""
    base = [one(f"way/{n}", point(46 + n, 39), highway="trunk") for n in range(3)]
    target = [
        Feature(None, {"@id": f"way/{n}", "highway": "trunk"}, point(46 + n, 40)) for n in range(3)
    ]
    found = pkzone.diff(features(*base), features(*target))
    assert any("--id @id" in notice for notice in found.notices)
    assert [each.id for each in found.changes[:3]] == ["way/0", "way/1", "way/2"]
    found = pkzone.diff(features(*base), features(*target), id_property="@id")
    assert told(found) == [(f"way/{n}", "modified") for n in range(3)]
    assert set(found.changes[0].properties) == {"@id"}


def test_ids_given_anew_are_hinted_at() -> None:
    base = [one(n, box(46 + n, 39, 46.5 + n, 39.5), name=f"n{n}") for n in range(4)]
    target = [replace(each, id=n) for n, each in enumerate(base[1:])]
    found = pkzone.diff(features(*base), features(*target))
    (hint,) = found.notices
    assert "3 of 3 features with the same id lie exactly where another id lay" in hint
    assert "--id name, or --id auto, tells" in hint
    for name in ("name", "auto"):
        by_name = pkzone.diff(features(*base), features(*target), id_property=name)
        assert told(by_name) == [("n0", "removed")]
        assert by_name.unchanged == 3


def test_ids_given_anew_where_nothing_else_tells_features_apart() -> None:
    base = [one(n, point(46 + n, 39)) for n in range(4)]
    target = [replace(each, id=(n + 1) % 4) for n, each in enumerate(base)]
    (hint,) = pkzone.diff(features(*base), features(*target)).notices
    assert hint.endswith("no single property tells the features apart on both sides")


def test_most_must_lie_elsewhere_for_a_hint() -> None:
    base = [one(n, point(46 + n, 39), name=f"n{n}") for n in range(5)]
    traded = [replace(base[0], id=1), replace(base[1], id=0), *base[2:]]
    moved = [one(n, point(46 + n, 40), name=f"n{n}") for n in range(5)]
    for target in (traded, moved):
        assert pkzone.diff(features(*base), features(*target)).notices == ()


def test_a_property_that_repeats_the_ids_is_no_change() -> None:
    repeated = [replace(each, properties={"id": each.id, **each.properties}) for each in ROADS]
    found = pkzone.diff(features(*ROADS), features(*repeated))
    assert (found.is_empty, found.unchanged) == (True, 3)
    assert "property id, which is no change: 3 of the features" in found.notices[0]
    other = [replace(each, properties={"id": "x", **each.properties}) for each in ROADS]
    assert summary(ROADS, other) == {"modified": 3}


def test_ids_are_compared_as_text() -> None:
    base = [one(n, point(46 + n, 39), v=1) for n in range(3)]
    target = [replace(each, id=str(each.id)) for each in base]
    assert summary(base, target) == {"unchanged": 3, "ids_changed": 3}
    strings = [Feature(None, {"id": str(each.id), "v": 1}, each.geometry) for each in base]
    assert summary(base, strings) == {"unchanged": 3, "ids_changed": 3}


def test_ids_changed_are_in_every_report() -> None:
    found = pkzone.diff(features(*ROADS), features(replace(ROADS[0], id="older"), *ROADS[1:]))
    assert found.is_empty
    assert "ids changed: 1 (old → older)" in found.to_text()
    assert "ids changed: 1" in found.to_markdown()
    document = found.to_dict()
    assert document["summary"]["ids_changed"] == 1
    assert document["ids_changed"] == [{"id": "old", "new_id": "older"}]
    (counts,) = report_of(found).sections_of("features")
    assert [str(row.term) for row in counts.rows] == ["Unchanged", "Ids changed"]
    applied = pkzone.apply(found, features(*ROADS))
    assert [each.id for each in applied.features] == ["new", "older", "spur"]


def written(path: Path, given: Any) -> Path:
    """Write features as another program might: not in the canonical form, ids as they are."""
    found = [
        {"type": "Feature", "properties": each.properties, "geometry": each.geometry}
        | ({} if each.id is None else {"id": each.id})
        for each in given
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": found}, indent=1))
    return path


TWICE = [one(n % 3, point(46 + n, 39), name=f"p{n}") for n in range(6)]


def test_a_property_is_read_where_ids_repeat(tmp_path: Path) -> None:
    path = written(tmp_path / "twice.geojson", TWICE)
    moved = written(tmp_path / "moved.geojson", [*TWICE[:5], one(2, point(50, 40), name="p5")])
    assert pkzone.diff(path, path, id_property="name").unchanged == 6
    for name in ("name", "auto"):
        assert told(pkzone.diff(path, moved, id_property=name)) == [("p5", "modified")]
    with pytest.raises(errors.DuplicateId, match="--id PROPERTY"):
        pkzone.diff(path, path)
    found = pkzone.diff(features(*TWICE), features(*TWICE), id_property="name")
    assert found.unchanged == 6


def test_ids_that_repeat_do_not_stand_in_for_a_property(tmp_path: Path) -> None:
    lacking = [*TWICE[:4], *(replace(each, properties={}) for each in TWICE[4:])]
    path = written(tmp_path / "lacking.geojson", lacking)
    found = pkzone.diff(path, path, id_property="name")
    assert found.unchanged == 6


def test_a_property_that_nothing_has_is_said(tmp_path: Path) -> None:
    named = (*ROADS[:2], replace(ROADS[2], properties={"ref": "spur"}))
    found = pkzone.diff(features(*ROADS), features(*named), id_property="ref")
    assert found.notices == ("<features>: no feature has the property ref; the ids count",)


def test_a_property_that_neither_side_has_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "roads.geojson", ROADS)
    sides = (features(*ROADS), features(), path, frame_of_features(ROADS))
    pairs = [(a, b) for a in sides for b in sides if not (a is b is sides[1])]
    for base, target in pairs:
        with pytest.raises(
            errors.MissingId, match=r"property nmae .*did you mean name\? it has: n"
        ):
            pkzone.diff(base, target, id_property="nmae")
    assert pkzone.diff(features(), features(), id_property="nmae").is_empty
    with pytest.raises(
        errors.MissingId, match="no feature has the property id to be told apart by"
    ):
        pkzone.diff(path, path, id_property="id")
    moved = features(*saved_by_gdal(ROADS))
    assert pkzone.diff(path, moved, id_property="id").is_empty


@LIMITS
@given(LOCAL)
def test_nothing_differs_from_itself_saved_by_gdal(base: list[Feature]) -> None:
    known = [replace(each, id=f"f{n}") for n, each in enumerate(base)]
    for sides in ((known, saved_by_gdal(known)), (saved_by_gdal(known), known)):
        assert summary(*sides) == ({"unchanged": len(known)} if known else {})
    placed = [each for each in known if each.geometry is not None]
    numbered = [replace(each, id=n) for n, each in enumerate(placed)]
    for sides in ((numbered, saved_by_gdal(numbered)), (saved_by_gdal(numbered), numbered)):
        found = pkzone.diff(*map(collection, sides), evidence=False)
        assert (found.is_empty, found.unchanged) == (True, len(numbered))


def collection(given: Any) -> FeatureCollection:
    return FeatureCollection(tuple(given), ())


@LIMITS
@given(edited())
def test_a_property_that_holds_the_ids_gives_the_same_answer(
    sides: tuple[list[Feature], list[Feature]],
) -> None:
    base, target = (
        [
            replace(each, properties={**each.properties, "p": each.id})
            for each in side
            if each.id is not None
        ]
        for side in sides
    )
    by_id = pkzone.diff(collection(base), collection(target), evidence=False)
    by_property = pkzone.diff(collection(base), collection(target), id_property="p", evidence=False)
    assert by_id.changes == by_property.changes
    assert by_id.unchanged == by_property.unchanged


@LIMITS
@given(edited(), st.sampled_from(["member", "property", "other", "none"]))
def test_the_layout_of_a_file_makes_no_difference(
    tmp_path_factory: pytest.TempPathFactory,
    sides: tuple[list[Feature], list[Feature]],
    where: str,
) -> None:
    folder = tmp_path_factory.mktemp("layout")
    try:
        texts = [geojson.dumps(map(_put(where), enumerate(side))) for side in sides]
    except (errors.CollapsedGeometry, errors.InvalidGeometry):
        return
    paths = []
    for name, text in zip(("base", "target"), texts, strict=True):
        canonical, indented = folder / f"{name}.geojson", folder / "in" / f"{name}.geojson"
        indented.parent.mkdir(exist_ok=True)
        canonical.write_bytes(text)
        indented.write_text(json.dumps(json.loads(text), indent=1))
        paths.append((canonical, indented))
    by_lines, whole = (
        pkzone.diff(base, target, evidence=False) for base, target in zip(*paths, strict=True)
    )
    assert by_lines.changes == whole.changes
    assert (by_lines.unchanged, by_lines.ids_changed) == (whole.unchanged, whole.ids_changed)
    told_of = [str(one).replace(f"{folder}/in/", f"{folder}/") for one in whole.notices]
    assert list(by_lines.notices) == told_of


def as_text(history: Any) -> list[list[Feature]]:
    return [[replace(each, id=f"f{each.id}") for each in version] for version in history]


def merged(folder: Path, versions: Any) -> tuple[int, bytes]:
    """Merge three versions as files; a version without features is an empty collection."""
    paths = [written(folder / name, side) for name, side in zip("oab", versions, strict=True)]
    outcome = merge_files(*paths, name="x")
    assert not any("not merged by features" in one for one in outcome.messages)
    return outcome.exit_code, paths[1].read_bytes()


@LIMITS
@given(histories(), st.sampled_from([1, 2]))
def test_a_merge_with_a_side_saved_by_gdal_is_the_merge(
    tmp_path_factory: pytest.TempPathFactory, history: Any, saver: int
) -> None:
    assume(history[0])  # its form is the one that the result keeps
    folder = tmp_path_factory.mktemp("merge")
    versions = as_text(history)
    saved = [saved_by_gdal(side) if i == saver else side for i, side in enumerate(versions)]
    assert merged(folder, saved) == merged(folder, versions)


@LIMITS
@given(histories())
def test_a_merge_of_sides_saved_by_gdal_keeps_the_property(
    tmp_path_factory: pytest.TempPathFactory, history: Any
) -> None:
    folder = tmp_path_factory.mktemp("merge")
    versions = as_text(history)
    code, text = merged(folder, map(saved_by_gdal, versions))
    expected = merged(folder, versions)
    assert code == expected[0]
    if code == 0:
        found, known = (
            geojson.parse(each, check_validity=False).features for each in (text, expected[1])
        )
        kept = [replace(one, properties={"id": one.id, **one.properties}) for one in known]
        assert list(found) == kept


def test_a_merge_with_a_side_whose_numbers_gdal_dropped(tmp_path: Path) -> None:
    base = [replace(each, id=number) for number, each in enumerate(ROADS)]
    ours = [replace(base[0], properties={"name": "Older road"}), *base[1:]]
    added = one(None, point(40, 40), id=None)
    theirs = [*saved_by_gdal(base[:2]), added]
    code, text = merged(tmp_path, (base, ours, theirs))
    found = geojson.parse(text).features
    assert (code, [each.id for each in found]) == (0, [0, 1, None])
    assert found[0].properties == {"name": "Older road"}
    assert found[2].properties == {}


def _put(where: str) -> Any:
    def put(numbered: tuple[int, Feature]) -> Feature:
        number, feature = numbered
        label = feature.id if feature.id not in (None, "") else f"n/{number}"
        if where == "member":
            return replace(feature, id=label)
        added = {"property": {"id": label}, "other": {"code": label}, "none": {}}[where]
        return Feature(None, {**feature.properties, **added}, feature.geometry)

    return put


@pytest.mark.parametrize("label", ["text", "number"])
def test_nothing_differs_from_itself_saved_by_gdal_itself(tmp_path: Path, label: str) -> None:
    given = [
        Feature(each.id if label == "text" else n, each.properties, each.geometry)
        for n, each in enumerate(ROADS)
    ]
    before, after = tmp_path / "before.geojson", tmp_path / "after.geojson"
    geojson.write(before, given)
    gpd.read_file(before, engine="pyogrio").to_file(after, driver="GeoJSON", engine="pyogrio")
    assert '"id": "old", "name"' in after.read_text() or label == "number"
    for sides in ((before, after), (after, before)):
        found = pkzone.diff(*sides)
        assert (found.is_empty, found.unchanged) == (True, 3)
        assert len(found.ids_changed) == (3 if label == "number" else 0)


PARCELS = (
    one("1", box(46, 39, 46.1, 39.1), sheet="M12", parcel=3),
    one("2", box(46.2, 39, 46.3, 39.1), sheet="M12", parcel=4),
    one("3", box(46.4, 39, 46.5, 39.1), sheet="M13", parcel=3),
    one("9", box(46.6, 39, 46.7, 39.1), sheet="M14"),
)
RENUMBERED = (
    one("3", box(46, 39, 46.1, 39.1), sheet="M12", parcel=3),
    one("1", box(46.2, 39, 46.3, 39.2), sheet="M12", parcel=4),
    one("2", box(46.4, 39, 46.5, 39.1), sheet="M13", parcel=3, owner="K"),
    one("9", box(46.6, 39, 46.7, 39.1), sheet="M15"),
)
SHEETS = [("9", "modified"), ("M12/4", "modified"), ("M13/3", "modified")]


@pytest.mark.parametrize(
    "asked", ["sheet,parcel", "sheet, parcel", '"sheet",parcel', ["sheet", "parcel"]]
)
def test_several_properties_make_one_id(asked: Any, tmp_path: Path) -> None:
    """A feature that lacks one of them keeps its member id."""
    found = pkzone.diff(features(*PARCELS), features(*RENUMBERED), id_property=asked)
    assert told(found) == SHEETS
    assert found.unchanged == 1
    files = [tmp_path / "base.geojson", tmp_path / "target.geojson"]
    for path, side in zip(files, (PARCELS, RENUMBERED), strict=True):
        written(path, side)
    by_lines = pkzone.diff(*files, id_property=asked)
    assert by_lines.changes == found.changes
    applied = pkzone.apply(found, PARCELS)
    assert [each.id for each in applied.features] == ["9", "M12/3", "M12/4", "M13/3"]
    assert pkzone.diff(applied, features(*RENUMBERED), id_property=asked).is_empty


def test_a_name_with_a_comma_is_quoted() -> None:
    base = features(*(replace(each, properties={"a,b": each.id}) for each in PARCELS))
    for asked in ('"a,b"', ["a,b"]):
        found = pkzone.diff(base, base, id_property=asked)
        assert (found.unchanged, found.id_property) == (4, '"a,b"')
    with pytest.raises(errors.MissingId, match="no feature has all of the properties a, b to be"):
        pkzone.diff(base, base, id_property="a,b")


def test_a_hint_quotes_a_name_with_a_comma() -> None:
    base = features(*(one(None, point(46 + i, 39), **{"a,b": f"p{i}"}) for i in range(4)))
    target = features(*(one(None, point(46 + i, 40), **{"a,b": f"p{i}"}) for i in range(4)))
    (hint,) = (each for each in pkzone.diff(base, target).notices if "--id" in each)
    assert hint.startswith("""--id '"a,b"', or --id auto, """)
    by_auto = pkzone.diff(base, target, id_property="auto")
    assert by_auto.id_property == '"a,b"'
    assert pkzone.diff(base, target, id_property=by_auto.id_property).changes == by_auto.changes


def test_the_property_of_several_that_is_missing_is_named() -> None:
    with pytest.raises(
        errors.MissingId, match=r"has the property parcle to be .*did you mean parcel\?"
    ):
        pkzone.diff(features(*PARCELS), features(*RENUMBERED), id_property="sheet,parcle")


@pytest.mark.parametrize("asked", ["a,", ",", "a,a", '"a', '"a"b', [], ["a", ""], ["a", "a"]])
def test_what_names_no_properties(asked: Any) -> None:
    with pytest.raises(errors.BadOption):
        pkzone.diff(features(*PARCELS), features(*PARCELS), id_property=asked)


@pytest.mark.parametrize("value", [1.5, True, ["x"]])
def test_a_value_that_is_no_part_of_an_id(value: Any) -> None:
    given = features(one("1", None, a="x", b=value))
    with pytest.raises(errors.BadId, match="a,b is neither text nor a whole number"):
        pkzone.diff(given, given, id_property="a,b")


VALUES = st.one_of(st.text("/~01a", max_size=4), st.integers(0, 11))


@given(st.lists(VALUES, min_size=2, max_size=3), st.lists(VALUES, min_size=2, max_size=3))
def test_no_two_keys_become_one(ours: list[Any], theirs: list[Any]) -> None:
    """And each is split again as RFC 6901 says."""
    one_key, other_key = key_of(ours), key_of(theirs)
    split = [part.replace("~1", "/").replace("~0", "~") for part in one_key.split("/")]
    assert split == list(map(str, ours))
    assert (one_key == other_key) == (split == list(map(str, theirs)))


@given(st.lists(st.text('a,"\n \\', min_size=1, max_size=4), min_size=1, max_size=3, unique=True))
def test_names_are_read_as_they_are_written(names: list[str]) -> None:
    assert properties_of(option_of(names)) == tuple(names)


def parcels(*marks: int) -> FeatureCollection:
    """Return three parcels of two sheets, which only sheet and parcel together tell apart."""
    sheets = ("M12", 1), ("M12", 2), ("M13", 1)
    return features(
        *(
            one(None, point(46 + n, 39 + mark), sheet=sheet, parcel=parcel, mark=mark)
            for n, ((sheet, parcel), mark) in enumerate(zip(sheets, marks, strict=True))
        )
    )


def test_auto_says_that_no_single_property_tells_features_apart() -> None:
    before, after = parcels(1, 1, 1), parcels(2, 2, 1)
    assert pkzone.diff(before, after).notices == ()
    (told_why,) = pkzone.diff(before, after, id_property="auto").notices
    assert told_why == (
        "no single property tells the features apart on both sides; --id A,B takes several together"
    )
    assert told(pkzone.diff(before, after, id_property="sheet,parcel")) == [
        ("M12/1", "modified"), ("M12/2", "modified")
    ]  # fmt: skip


def test_a_property_that_two_features_share_names_the_way_to_take_several() -> None:
    with pytest.raises(errors.DuplicateId, match="M12: two features have this id; --id sheet,OTH"):
        pkzone.diff(parcels(1, 1, 1), parcels(1, 1, 2), id_property="sheet")
