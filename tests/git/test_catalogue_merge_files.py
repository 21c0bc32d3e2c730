"""The merge of manifests and lists as a function of three files: laws, layouts and bad input."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pkzone
from pkzone.git.line_merge import Outcome
from pkzone.git.merge_driver import merge_files
from pkzone.git.merge_json import merged_order
from pkzone.store import manifest_writer
from tests.helpers.git_repository import NEEDS_GIT, layer, line
from tests.helpers.merged_catalogue import solved

pytestmark = NEEDS_GIT

DAYS = [f"2024-06-{day:02}" for day in range(1, 9)]


def merged(
    base: bytes, ours: bytes, theirs: bytes, name: str = "sources.json"
) -> tuple[bytes, Outcome]:
    """Merge three texts as git asks for it."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, side) for side in ("base", "ours", "theirs")]
        for path, data in zip(paths, (base, ours, theirs), strict=True):
            path.write_bytes(data)
        outcome = merge_files(*paths, name=name)
        return paths[1].read_bytes(), outcome


def listed(*records: dict[str, Any], indent: int | None = 1) -> bytes:
    return (json.dumps(list(records), indent=indent, ensure_ascii=False) + "\n").encode()


# The manifest.


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue with a version on each of some days, each of its own content."""
    root = tmp_path_factory.mktemp("all") / "zone"
    pkzone.init(root, title="Zone")
    for number, day in enumerate(DAYS):
        file = root.parent / f"{day}.geojson"
        file.write_text(layer(line("a", f"[[46,39],[46.5,39.{number}1]]")), encoding="utf-8")
        pkzone.publish(
            str(file), catalogue=root, layer="line", valid_from=day, title=f"Of {day}",
            new_layer="Line", recorded="2024-07-01",
        )  # fmt: skip
    return root


def with_days(root: Path, days: set[str]) -> bytes:
    package = json.loads((root / "datapackage.json").read_text("utf-8"))
    package["resources"] = [
        one
        for one in package["resources"]
        if one.get("version", DAYS[0]) in days or "layer" not in one
    ]
    return manifest_writer.dumps(package)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(owners=st.lists(st.sampled_from(["base", "ours", "theirs", "none"]), min_size=8, max_size=8))
def test_disjoint_versions_are_united_and_verify(owners: list[str], versions: Path) -> None:
    sets = {
        who: {day for day, one in zip(DAYS, owners, strict=True) if one == who} for who in owners
    }
    base = sets.get("base", set())
    ours, theirs = (base | sets.get(who, set()) for who in ("ours", "theirs"))
    texts = [with_days(versions, days) for days in (base, ours, theirs)]
    data, outcome = merged(*texts, name="zone/datapackage.json")
    assert outcome == Outcome(0, ())
    assert data == with_days(versions, ours | theirs)
    assert merged(texts[0], texts[2], texts[1], name="zone/datapackage.json") == (data, outcome)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "zone")
        shutil.copytree(versions, root)
        (root / "datapackage.json").write_bytes(data)
        for day in {*DAYS} - ours - theirs:
            (root / f"line/{day}.geojson").unlink()
        assert pkzone.verify(root).findings == ()


def test_objects_of_other_lists_are_merged_by_their_key(versions: Path) -> None:
    package = json.loads((versions / "datapackage.json").read_text("utf-8"))
    route = {"route": "a-b", "valid_from": "2020-11-10", "km": 80, "text": "80 km", "source": "s"}
    node = {"id": "a", "name": "A", "lon": 46.5, "lat": 39.5}
    later = route | {"valid_from": "2021-01-01"}
    base = package | {"routes": [route], "nodes": [node], "keywords": ["x"]}
    ours = base | {"routes": [route, later], "nodes": [node | {"name_az": "A"}]}
    theirs = base | {
        "routes": [route | {"km": 81}],
        "nodes": [node, node | {"id": "b"}],
        "keywords": ["y"],
        "version": "2",
    }
    texts = [manifest_writer.dumps(one) for one in (base, ours, theirs)]
    data, outcome = merged(*texts, name="datapackage.json")
    result = json.loads(data)
    assert outcome == Outcome(0, ())
    assert result["routes"] == [route | {"km": 81}, later]
    assert result["nodes"] == [node | {"name_az": "A"}, node | {"id": "b"}]
    assert (result["keywords"], result["version"]) == (["y"], "2")
    assert data == manifest_writer.dumps(result)


def test_a_member_that_both_changed_is_a_conflict_of_its_line(versions: Path) -> None:
    package = json.loads((versions / "datapackage.json").read_text("utf-8"))
    sides = [package | {"default_date": day} for day in DAYS[:3]]
    data, outcome = merged(*map(manifest_writer.dumps, sides), name="datapackage.json")
    assert outcome.exit_code == 1
    assert (
        f'<<<<<<< ours\n"default_date":"{DAYS[1]}",\n=======\n'
        f'"default_date":"{DAYS[2]}",\n>>>>>>> theirs\n'
    ) in data.decode()
    assert data.count(b"<<<<<<<") == 1
    assert solved(data.decode(), "ours").encode() == manifest_writer.dumps(sides[1])


@pytest.mark.parametrize("shape", ["ours lacks", "theirs lacks"])
def test_what_one_removed_and_the_other_changed_stays_json(versions: Path, shape: str) -> None:
    package = json.loads((versions / "datapackage.json").read_text("utf-8"))
    *others, last = package["resources"]
    gone = package | {"resources": others}
    changed = package | {"resources": [*others, last | {"title": "Other"}]}
    sides = (gone, changed) if shape == "ours lacks" else (changed, gone)
    data, outcome = merged(*map(manifest_writer.dumps, (package, *sides)), name="datapackage.json")
    assert outcome.exit_code == 1
    for kept, wanted in zip(("ours", "theirs"), sides, strict=True):
        package = json.loads(solved(data.decode(), kept))
        names = sorted(one["name"] for one in package["resources"])
        assert names == sorted(one["name"] for one in wanted["resources"])


# Lists.


@given(
    order=st.permutations("abcdefgh"),
    owners=st.lists(st.sampled_from("obt"), min_size=8, max_size=8),
)
@settings(max_examples=80, deadline=None)
def test_disjoint_records_are_united(order: list[str], owners: list[str]) -> None:
    by_owner = dict(zip(order, owners, strict=True))
    base, ours, theirs = (
        [key for key in order if by_owner[key] in who] for who in ("b", "bo", "bt")
    )
    texts = [listed(*({"id": key, "title": key} for key in side)) for side in (base, ours, theirs)]
    data, outcome = merged(*texts)
    assert outcome == Outcome(0, ())
    keys = [one["id"] for one in json.loads(data)]
    assert sorted(keys) == sorted({*ours, *theirs})
    assert [key for key in keys if key in ours] == ours
    assert [key for key in keys if key in theirs] == theirs
    assert data == listed(*({"id": key, "title": key} for key in keys))
    swapped = [one["id"] for one in json.loads(merged(texts[0], texts[2], texts[1])[0])]
    assert sorted(swapped) == sorted(keys)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "wanted"),
    [
        ("ab", "axb", "ayb", "axyb"),
        ("ab", "abx", "aby", "abxy"),
        ("ab", "xab", "yab", "xyab"),
        ("", "x", "y", "xy"),
        ("abc", "ac", "abcy", "abcy"),
        ("abc", "abcx", "cba", "cxba"),  # theirs alone changed the order
        ("abc", "cab", "bca", "cab"),
    ],
)
def test_the_order_of_a_merge(base: str, ours: str, theirs: str, wanted: str) -> None:
    assert "".join(merged_order(base, ours, theirs)) == wanted


BY_HAND = """[
  {"id": "a", "title": "A",
      "note": "by   hand"},

  {"id": "b",  "title": "B"}
]
"""


def test_records_that_did_not_change_keep_their_bytes() -> None:
    theirs = BY_HAND.replace('"B"', '"B2"')
    ours = BY_HAND.replace("\n]", ',\n  {"id":"c"}\n]')
    data, outcome = merged(BY_HAND.encode(), ours.encode(), theirs.encode())
    assert data.decode() == ours.replace('"B"', '"B2"')
    assert outcome == Outcome(0, ())


def test_a_record_by_hand_that_both_changed_is_laid_out_anew() -> None:
    ours = BY_HAND.replace('"A"', '"A2"')
    theirs = BY_HAND.replace("by   hand", "edited")
    data, outcome = merged(BY_HAND.encode(), ours.encode(), theirs.encode())
    assert json.loads(data)[0] == {"id": "a", "title": "A2", "note": "edited"}
    assert '  {"id": "b",  "title": "B"}' in data.decode()
    assert outcome.messages == (
        'sources.json: source "a" is laid out anew, since both sides changed it',
    )


@pytest.mark.parametrize("indent", [None, 1, 2, 4])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_theirs_added_takes_the_layout_of_ours(indent: int | None, end: str) -> None:
    a, b, c = ({"id": key, "title": "Բ", "list": [1]} for key in "abc")
    base = listed(a, indent=indent).replace(b"\n", end.encode())
    ours = listed(a, b, indent=indent).replace(b"\n", end.encode())
    data, outcome = merged(base, ours, listed(a | {"title": "T"}, c, indent=2))
    assert outcome == Outcome(0, ())
    wanted = listed(a | {"title": "T"}, b, c, indent=indent).replace(b"\n", end.encode())
    assert data == wanted


@pytest.mark.parametrize("indent", [None, 1])
def test_lists_in_conflict_are_json_whichever_side_is_kept(indent: int | None) -> None:
    base = [{"id": "a", "t": 1, "u": 1}, {"id": "b", "t": 1}]
    ours = [{"id": "a", "t": 2, "u": 1}]
    theirs = [{"id": "a", "t": 3, "u": 2}, {"id": "b", "t": 2}]
    data, outcome = merged(*(listed(*side, indent=indent) for side in (base, ours, theirs)))
    assert outcome.exit_code == 1
    assert json.loads(solved(data.decode(), "ours")) == [{"id": "a", "t": 2, "u": 2}]
    assert json.loads(solved(data.decode(), "theirs")) == theirs
    assert [one.partition(":")[2] for one in outcome.messages] == [
        ' conflict in source "a": both sides changed "t"; keep what stands on one side of the '
        "markers",
        ' conflict in source "b": ours removed it, theirs changed it; keep what stands on one '
        "side of the markers",
    ]


def test_empty_lists() -> None:
    a, b = {"id": "a"}, {"id": "b"}
    assert merged(b"[]\n", listed(a), listed(b))[0] == listed(a, b)
    assert merged(b"", listed(a), listed(b))[0] == listed(a, b)
    assert merged(listed(a), b"[]\n", listed(a, b))[0] == listed(b)
    assert merged(listed(a, b), listed(a), listed(b))[0] == b"[]\n"


# Bad input.

GOOD = listed({"id": "a"}, {"id": "b"})
BAD = {
    "broken": b"[{",
    "markers": b"<<<<<<< HEAD\n[]\n=======\n[ ]\n>>>>>>> x\n",
    "too deep": b"[" * 100_000 + b"]" * 100_000,
    "another encoding": GOOD.decode().replace("a", "Բ").encode("utf-16"),
    "no UTF-8": b'[{"id":"\xff"}]\n',
    "a mark of byte order": b"\xef\xbb\xbf" + GOOD,
    "an id twice": listed({"id": "a"}, {"id": "a"}),
    "a key twice": b'[{"id":"a","id":"b"}]\n',
    "no number": b'[{"id":"a","x":NaN}]\n',
    "half a pair": b'[{"id":"a","x":"\\ud800"}]\n',
    "empty": b"",
}


@pytest.mark.parametrize("what", BAD)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_bad_input_is_merged_as_text_with_one_reason(what: str, place: int) -> None:
    sides = [GOOD, listed({"id": "a"}, {"id": "b"}, {"id": "c"}), listed({"id": "x"}, {"id": "b"})]
    sides[place] = BAD[what]
    if what == "half a pair" or (what == "empty" and place == 0):
        pytest.skip("a value like others, or an absent base")
    _, outcome = merged(*sides)
    name = ("base", "ours", "theirs")[place]
    reason = {"markers": "has Git's conflict markers"}.get(what, "not valid")
    assert outcome.messages[0].startswith(
        f"not merged by records: sources.json ({name}): {reason}"
    ) or ("occurs twice" in outcome.messages[0])
    assert outcome.exit_code == 1
    assert len(outcome.messages) == 2
    assert all("\n" not in one and len(one) < 350 for one in outcome.messages)


def test_half_a_pair_of_surrogates_is_kept_where_nobody_changed_it() -> None:
    half = b'[\n {"id":"a","x":"\\ud800"}\n]\n'
    ours = half.replace(b"\n]", b',\n {"id":"b"}\n]')
    theirs = half.replace(b"\n]", b',\n {"id":"c"}\n]')
    data, outcome = merged(half, ours, theirs)
    assert outcome == Outcome(0, ())
    assert data == ours.replace(b"\n]", b',\n {"id":"c"}\n]')


def test_a_manifest_that_is_too_large_is_merged_as_text(versions: Path) -> None:
    text = (versions / "datapackage.json").read_bytes()
    large = text.replace(b'"Zone"', b'"Z' + b"o" * 70_000_000 + b'"')
    data, outcome = merged(text, large, text.replace(b'"Line"', b'"Front"'), "datapackage.json")
    assert "bytes are more than the" in outcome.messages[0]
    assert len(data) > 70_000_000
    assert outcome.exit_code == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda package: package["resources"].append(package["resources"][-1]),
        lambda package: package.update(layers=[]),
        lambda package: package["resources"][-1].update(record="1"),
        lambda package: package["resources"][-1].update(path="../../etc/passwd"),
    ],
    ids=["twice", "no layer", "no number", "a path that leads out"],
)
def test_a_damaged_manifest_is_merged_as_text(versions: Path, damage: Any) -> None:
    package = json.loads((versions / "datapackage.json").read_text("utf-8"))
    text = manifest_writer.dumps(package)
    damage(package)
    _, outcome = merged(text, manifest_writer.dumps(package), text, "datapackage.json")
    assert outcome.messages[0].startswith("not merged by records: ")
    assert len(outcome.messages) == 2
