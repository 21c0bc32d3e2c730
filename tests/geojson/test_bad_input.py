"""Bad input: every case of tests/data/bad, and those too large, deep or odd for a file there."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pkzone import errors, geojson
from pkzone.errors import GeoJSONError

FOLDER = Path(__file__).parents[1] / "data" / "bad"
CASES: list[dict[str, Any]] = json.loads((FOLDER / "cases.json").read_text(encoding="utf-8"))
REFUSED = [case for case in CASES if "error" in case]
NOTICED = [case for case in CASES if "notice" in case]
SAMPLE = '{"type":"FeatureCollection","features":[]}'


def name_of(case: dict[str, Any]) -> str:
    return Path(case["file"]).stem


def point(coordinates: str = "[46.75,39.82]", properties: str = "{}") -> bytes:
    return (
        '{"type":"FeatureCollection","features":[{"type":"Feature","id":"road",'
        f'"properties":{properties},"geometry":{{"type":"Point","coordinates":{coordinates}}}}}]}}'
    ).encode()


def collections(levels: int) -> bytes:
    """A GeometryCollection in a GeometryCollection in ...: two brackets a level."""
    inner = '{"type":"Point","coordinates":[46,39]}'
    head = '{"type":"GeometryCollection","geometries":['
    return (head * levels + inner + "]}" * levels).encode()


# id: bytes, error, what the message says
MADE: dict[str, tuple[bytes, type[GeoJSONError], str]] = {
    "no-bytes": (b"", errors.InvalidJSON, "empty"),
    "bom-only": (b"\xef\xbb\xbf", errors.InvalidJSON, "empty"),
    "bom-twice": (b"\xef\xbb\xbf" * 2 + SAMPLE.encode(), errors.InvalidJSON, "line 1, column 1"),
    "utf-16-with-bom": (SAMPLE.encode("utf-16"), errors.BadEncoding, "UTF-16"),
    "utf-16-big-endian": (SAMPLE.encode("utf-16-be"), errors.BadEncoding, "UTF-16"),
    "utf-16-little-endian": (SAMPLE.encode("utf-16-le"), errors.BadEncoding, "UTF-16"),
    "utf-32-with-bom": (SAMPLE.encode("utf-32"), errors.BadEncoding, "UTF-32"),
    "utf-32-big-endian": (SAMPLE.encode("utf-32-be"), errors.BadEncoding, "UTF-32"),
    "latin-1": (b'{\n"name":"L\xe9"}', errors.BadEncoding, "byte 0xe9 in line 2"),
    "cut-character": (point(properties='{"name":"Լ"}')[:-60] + b"\xd4", errors.BadEncoding, "0xd4"),
    "overlong-slash": (b'{"a":"\xc0\xaf"}', errors.BadEncoding, "0xc0"),
    "surrogate-in-utf-8": (b'{"a":"\xed\xa0\x80"}', errors.BadEncoding, "0xed"),
    "gzip": (b"\x1f\x8b\x08\x08" + b"\x99" * 20, errors.BadEncoding, "gzip that is damaged"),
    "nul-bytes": (b"\x00" * 64, errors.BadEncoding, "UTF-16 or UTF-32"),
    "nul-in-the-middle": (b'{"type":\x00"Point"}', errors.InvalidJSON, "line 1, column 9"),
    "unclosed-arrays": (b"[" * 200_000, errors.TooDeep, "64 levels"),
    "unclosed-objects": (b'{"a":' * 200_000, errors.TooDeep, "64 levels"),
    "unclosed-string": (b'{"a":"' + b'\\"' * 200_000, errors.InvalidJSON, "Unterminated string"),
    "deep-arrays": (b"[" * 100_000 + b"]" * 100_000, errors.TooDeep, "64 levels"),
    "deep-mixed": (b'[{"a":' * 50 + b"1" + b"}]" * 50, errors.TooDeep, "64 levels"),
    "deep-property": (
        point(properties='{"a":' + "[" * 61 + "]" * 61 + "}"),
        errors.TooDeep,
        "64 levels",
    ),
    "deep-coordinates": (point("[" * 65 + "]" * 65), errors.TooDeep, "64 levels"),
    "deep-foreign-member": (
        b'{"type":"Point","coordinates":[1,1],"x":' + b"[" * 64 + b"]" * 64 + b"}",
        errors.TooDeep,
        "64 levels",
    ),
    "deep-collections": (collections(32), errors.TooDeep, "64 levels"),
    "long-integer": (point(properties='{"n":' + "9" * 5000 + "}"), errors.BadNumber, "too large"),
    "long-negative-integer": (point("[46,-" + "9" * 400 + "]"), errors.BadNumber, "too large"),
    "integer-beyond-double": (point(properties='{"n":2' + "0" * 308 + "}"), errors.BadNumber, "n "),
    "long-fraction-overflow": (point("[" + "9" * 400 + ".0,1]"), errors.OutOfRange, "not finite"),
    "hostile-type": (
        b'{"type":"\\u001b]0;owned\\u0007\\n\\u202e"}',
        errors.BadStructure,
        "\\x1b]0;owned\\x07\\n\\u202e",
    ),
    "hostile-crs": (
        b'{"type":"FeatureCollection","features":[],"crs":{"type":"name","properties":'
        b'{"name":"\\u001b[2J"}}}',
        errors.ForeignCRS,
        "\\x1b[2J",
    ),
}


def assert_one_line(text: str) -> None:
    """No more than a line, and nothing in it that steers a terminal."""
    assert text.isprintable()
    assert len(text) < 1000


@pytest.mark.parametrize("case", REFUSED, ids=name_of)
def test_a_bad_file_is_refused_in_one_line(case: dict[str, Any]) -> None:
    path = FOLDER / case["file"]
    with pytest.raises(GeoJSONError) as caught:
        geojson.read(path, ids_required=case.get("ids_required", False))
    text = str(caught.value)
    assert type(caught.value).__name__ == case["error"]
    assert case["says"] in text
    assert text.startswith(f"{path}: " + (f"{case['feature']}: " if case["feature"] else ""))
    assert_one_line(text)


@pytest.mark.parametrize("case", NOTICED, ids=name_of)
def test_an_odd_file_is_read_with_a_notice(case: dict[str, Any]) -> None:
    path = FOLDER / case["file"]
    collection = geojson.read(path)
    (notice,) = [n for n in collection.notices if n.code == case["notice"]]
    text = str(notice)
    assert len(collection.features) == 1
    assert case["says"] in text
    assert text.startswith(f"{path}: " + (f"{case['feature']}: " if case["feature"] else ""))
    assert_one_line(text)


@pytest.mark.parametrize("case", NOTICED, ids=name_of)
def test_an_odd_file_shows_nothing_but_its_oddity(case: dict[str, Any]) -> None:
    codes = [notice.code for notice in geojson.read(FOLDER / case["file"]).notices]
    both = {"antimeridian": "wrong-winding"}
    assert [c for c in codes if c != both.get(case["notice"])] == [case["notice"]]


@pytest.mark.parametrize(("data", "error", "says"), MADE.values(), ids=MADE.keys())
def test_bad_bytes_are_refused_in_one_line(
    data: bytes, error: type[GeoJSONError], says: str
) -> None:
    with pytest.raises(GeoJSONError) as caught:
        geojson.parse(data, name="bad.geojson")
    assert type(caught.value) is error
    assert says in str(caught.value)
    assert str(caught.value).startswith("bad.geojson: ")
    assert_one_line(str(caught.value))


def test_table_and_folder_agree() -> None:
    files = sorted(path.name for path in FOLDER.glob("*.geojson"))
    assert sorted(case["file"] for case in CASES) == files
    assert all(("error" in case) != ("notice" in case) and case["why"] for case in CASES)


def _below(error: type[GeoJSONError]) -> Iterator[type[GeoJSONError]]:
    for child in error.__subclasses__():
        yield child
        yield from _below(child)


def test_every_refusal_has_a_case_or_a_test_and_says_when_it_is_raised() -> None:
    shown = {case["error"] for case in REFUSED} | {made[1].__name__ for made in MADE.values()}
    elsewhere = {"Unreadable", "TooLarge", "BadValue", "InvalidGeometry", "CollapsedGeometry"}
    elsewhere |= {"NotMended"}
    assert {error.__name__ for error in _below(GeoJSONError)} == shown | elsewhere
    for error in _below(GeoJSONError):
        assert error.__doc__
        assert len(error.__doc__.splitlines()) == 1


def test_a_byte_order_mark_is_dropped_with_a_notice() -> None:
    collection = geojson.parse(b"\xef\xbb\xbf" + point())
    assert [notice.code for notice in collection.notices] == ["bom"]


@pytest.mark.parametrize(
    "data",
    [
        point(properties='{"a":' + "[" * 60 + "]" * 60 + "}"),
        point(properties='{"a":"' + "[{" * 500 + '"}'),
        point(properties='{"a":"\\\\","b":"' + "[" * 500 + '\\"' + "[" * 500 + '"}'),
        collections(31),
    ],
    ids=["at-the-limit", "brackets-in-a-string", "escapes-before-brackets", "collections"],
)
def test_what_is_not_too_deep_is_read(data: bytes) -> None:
    assert len(geojson.parse(data).features) == 1


def test_points_far_apart_do_not_cross_the_antimeridian() -> None:
    data = b'{"type":"Feature","properties":{},"geometry":{"type":"MultiPoint","coordinates":'
    collection = geojson.parse(data + b"[[179,60],[-179,60]]}}")
    assert [notice.code for notice in collection.notices] == ["wrapped"]


def test_the_largest_whole_number_of_a_double_is_read() -> None:
    largest = int(sys.float_info.max)
    collection = geojson.parse(point(properties=f'{{"n":{largest}}}'))
    assert collection.features[0].properties["n"] == largest


def test_a_name_of_the_file_cannot_steer_the_terminal() -> None:
    with pytest.raises(GeoJSONError) as caught:
        geojson.parse(b"", name="a\x1b[2J\n\u202eb.geojson")
    assert str(caught.value).startswith("a\\x1b[2J\\n\\u202eb.geojson: ")
    assert_one_line(str(caught.value))


def test_long_strings_are_shortened() -> None:
    with pytest.raises(errors.BadStructure) as caught:
        geojson.parse(json.dumps({"type": "x" * 100_000}).encode())
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("missing.geojson", "no such file"),
        ("", "no such file"),
        ("https://example.org/a.geojson", "no such file"),
        ("/vsicurl/https://example.org/a.geojson", "no such file"),
        ("PG:host=example.org", "no such file"),
        ("a\0b.geojson", "cannot be read"),
        ("x" * 5000, "cannot be read"),
    ],
    ids=["missing", "empty", "url", "vsicurl", "driver", "null-character", "long"],
)
def test_what_is_no_file_is_unreadable(path: str, says: str) -> None:
    with pytest.raises(errors.Unreadable) as caught:
        geojson.read(path)
    assert says in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_folder_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(errors.Unreadable, match="is a folder"):
        geojson.read(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_refused_without_waiting_for_its_writer(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.geojson"
    os.mkfifo(pipe)
    with pytest.raises(errors.Unreadable, match="not a regular file"):
        geojson.read(pipe)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no /dev/zero")
def test_a_device_is_refused() -> None:
    with pytest.raises(errors.Unreadable, match="not a regular file"):
        geojson.read("/dev/zero")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind this user"
)
def test_a_file_without_permission_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "secret.geojson"
    path.write_bytes(point())
    path.chmod(0)
    with pytest.raises(errors.Unreadable, match="cannot be read"):
        geojson.read(path)


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.geojson"
    with path.open("wb") as file:
        file.truncate(geojson.MAX_BYTES + 1)  # sparse: takes no room on disk
    with pytest.raises(errors.TooLarge, match="larger than 256 MiB"):
        geojson.read(path)


def test_standard_input_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pkzone.geojson.json_text.MAX_BYTES", 100)
    monkeypatch.setattr("pkzone.geojson.reader.MAX_BYTES", 100)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b" " * 1000)))
    with pytest.raises(errors.TooLarge, match="stdin"):
        geojson.read("-")


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(point())))
    assert [feature.id for feature in geojson.read("-").features] == ["road"]
