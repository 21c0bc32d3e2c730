"""`pkzone.check` and `pkzone.fmt`: files, texts and features at hand."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import pkzone
from pkzone import errors
from pkzone.checks import CheckResult, check_file
from pkzone.geojson import Feature, FeatureCollection, parse
from tests.helpers.own_catalogue import begin, line, point, put, write

A, B = (20.0, 42.0), (20.4, 42.2)
ODD = b'{"type":"Point","coordinates":[46.75,39.8200001]}'
CANONICAL = (
    b'{"type":"FeatureCollection","features":[\n{"type":"Feature","properties":{},'
    b'"geometry":{"type":"Point","coordinates":[46.75,39.82]}}\n]}\n'
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A catalogue with a layer of two versions, the second one swapped, and a correction of it."""
    root = begin(tmp_path / "z")
    file = write(tmp_path / "one", line("a", A, B), line("b", B, (20.8, 42.3)))
    put(root, file, "2024-05-01", new_layer="Line")
    turned = [[at[1], at[0]] for at in (A, B)]
    put(root, write(tmp_path / "two", line("a", *turned), line("b", B, (20.8, 42.3))), "2024-05-02")
    put(root, file, "2024-05-02", correct=True)
    return root


def codes(result: CheckResult) -> list[tuple[str, str | None]]:
    return [(one.code, one.feature) for one in result.findings]


def test_files_folders_and_texts(tmp_path: Path) -> None:
    good = write(tmp_path / "f" / "good.geojson", point("a", 20, 42))
    (tmp_path / "f" / "odd.geojson").write_bytes(ODD)
    one, folder = pkzone.check(good), pkzone.check(tmp_path / "f")
    assert (one.errors, one.warnings, one.findings) == (0, 0, ())
    assert [each.file for each in folder.files] == [good, str(tmp_path / "f" / "odd.geojson")]
    assert codes(folder) == codes(pkzone.check(ODD)) == [("wrapped", None), ("precision", None)]
    assert pkzone.check([good, tmp_path / "no"]).findings[0].code == "unreadable"
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(errors.Unreadable, match=r"without a \.geojson file"):
        pkzone.check(empty)


def test_rows_and_repr() -> None:
    result = pkzone.check(ODD)
    frame = result.to_frame()
    assert frame[["file", "level", "code"]].to_numpy().tolist() == [
        ["<bytes>", "warning", "wrapped"],
        ["<bytes>", "warning", "precision"],
    ]
    assert repr(result) == "<CheckResult: checked 1 file with 1 feature: 0 errors, 2 warnings>"
    assert str(result).count("\n") == 2
    assert result.to_dict()["schema"] == "pkzone.check/1"


def test_a_layer_asks_for_its_schema_and_for_what_moves_not_too_far(
    root: Path, tmp_path: Path
) -> None:
    far = write(tmp_path / "far.geojson", line("a", (25, 42), (25.4, 42.2)), line(None, A, B))
    assert codes(pkzone.check(far)) == []
    result = pkzone.check(far, layer="line", catalogue=root)
    assert sorted(codes(result)) == [("far-move", "a"), ("missing-id", "features[1]")]
    again = pkzone.check(Path(far).read_bytes(), layer="line", catalogue=pkzone.catalogue(root))
    assert codes(again) == codes(result)
    (move,) = (one for one in result.findings if one.code == "far-move")
    text = Path(far).read_text("utf-8").splitlines()
    assert '"geometry"' in text[move.line - 1]  # type: ignore[operator]
    with pytest.raises(errors.LayerNotFound, match="no layer lines; did you mean line"):
        pkzone.check(far, layer="lines", catalogue=root)


def test_a_file_of_a_catalogue_is_held_against_the_version_before_it(root: Path) -> None:
    files = sorted((root / "line").iterdir())
    assert [path.name for path in files] == ["2024-05-01.geojson", "2024-05-02.geojson"]
    assert [codes(pkzone.check(path)) for path in files] == [[], [("swapped-feature", "a")]]
    # The correction shares the file of the first version, before which there is none.
    assert check_file(files[0], layer=pkzone.catalogue(root)["line"]).findings == ()


@pytest.mark.parametrize("layer", ["zone", "corridor", "transport", "places"])
def test_a_shipped_layer_swapped_is_told_of_once(layer: str) -> None:
    """The newest version of the zone is empty: the one before it counts."""
    version = pkzone.catalogue()[layer].on("2022-09-01")
    collection = json.loads(version.read_bytes())
    for feature in collection["features"]:
        feature["geometry"]["coordinates"] = turned(feature["geometry"]["coordinates"])
    found = codes(pkzone.check(json.dumps(collection).encode(), layer=layer))
    assert [one for one in found if one[0] in ("far-move", "swapped-feature")] == [
        ("swapped-feature", None)
    ]
    assert pkzone.check(version.read_bytes(), layer=layer).findings == ()


def turned(value: Any) -> Any:
    return [value[1], value[0]] if isinstance(value[0], int | float) else [*map(turned, value)]


def test_a_damaged_catalogue_around_a_file_is_not_its_fault(root: Path) -> None:
    (root / "line" / "2024-05-01.geojson").write_bytes(b"{}")
    assert pkzone.check(root / "line" / "2024-05-02.geojson").findings == ()
    (root / "datapackage.json").write_bytes(b"[")
    assert pkzone.check(root / "line" / "2024-05-02.geojson").findings == ()


def test_the_canonical_form_of_a_text_a_file_and_features(tmp_path: Path) -> None:
    odd, new = tmp_path / "odd.geojson", tmp_path / "new.geojson"
    odd.write_bytes(ODD)
    feature = Feature(None, {}, json.loads(ODD))
    for source in (ODD, odd, str(odd), FeatureCollection((feature,), ())):
        done = pkzone.fmt(source)
        assert (done.data, done.is_changed) == (CANONICAL, True)
    assert not pkzone.fmt(CANONICAL).is_changed
    assert sorted(tmp_path.iterdir()) == [odd]
    pkzone.fmt(odd, output=new)
    assert (new.read_bytes(), odd.read_bytes()) == (CANONICAL, ODD)
    with pytest.raises(errors.OutputError, match="already exists"):
        pkzone.fmt(odd, output=odd)
    pkzone.fmt(odd, output=odd, overwrite=True)
    assert odd.read_bytes() == CANONICAL


def test_a_frame_is_what_it_was_loaded_from() -> None:
    version = pkzone.catalogue()["corridor"].latest
    formatted = FeatureCollection(parse(pkzone.fmt(version.frame()).data).features, ())
    assert pkzone.diff(version.frame(), formatted).is_empty


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (b"{", errors.InvalidJSON),
        (b'{"type":"Point","coordinates":[39.8,146.7]}', errors.SwappedCoordinates),
        (FeatureCollection((Feature("a", {}, {"type": "Point"}),), ()), errors.BadStructure),
        (FeatureCollection((Feature("a", {}, None),) * 2, ()), errors.DuplicateId),
        ("nowhere.geojson", errors.Unreadable),
    ],
)
def test_what_cannot_be_written_is_refused(source: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        pkzone.fmt(source)  # type: ignore[arg-type]


def test_a_packed_file_is_not_written_over(tmp_path: Path) -> None:
    packed = tmp_path / "a.geojson"
    packed.write_bytes(gzip.compress(ODD))
    with pytest.raises(errors.NotMended, match="is gzip"):
        pkzone.fmt(packed, output=packed, overwrite=True)
    assert pkzone.fmt(packed).data == CANONICAL
    with pytest.raises(errors.NotMended, match="newline-delimited"):
        pkzone.fmt(ODD, output=tmp_path / "b.geojsonl")


def test_tables_are_no_files() -> None:
    for call in (pkzone.check, pkzone.fmt):
        with pytest.raises(TypeError, match="DataFrame"):
            call(pd.DataFrame({"a": [1]}))
