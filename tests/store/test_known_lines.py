"""Lines that are judged once give the verdicts that each whole file would have by itself."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pkzone
from pkzone.errors import GeoJSONError
from pkzone.geojson import Feature, dumps, parse
from pkzone.layers.schemas import Rules
from pkzone.store import manifest_writer
from pkzone.store.known_lines import KnownLines, facts_of
from tests.helpers.own_catalogue import begin, manifest_of, point, put, write

SCHEMA = {"properties": {"properties": {"properties": {"name": {"type": "string"}}}}}
HEADER, FOOTER = b'{"type":"FeatureCollection","features":[\n', b"]}\n"


def feature(label: str | int, text: bytes = b'"A"', at: bytes = b"[20.5,42.5]") -> bytes:
    identity = f'"{label}"' if isinstance(label, str) else str(label)
    return (
        b'{"type":"Feature","id":' + identity.encode() + b',"properties":{"name":' + text
        + b'},"geometry":{"type":"Point","coordinates":' + at + b"}}"
    )  # fmt: skip


def polygon(*ring: tuple[float, float]) -> bytes:
    positions = ",".join(f"[{x},{y}]" for x, y in ring)
    return (
        b'{"type":"Feature","id":"z","properties":{},"geometry":{"type":"Polygon",'
        b'"coordinates":[[' + positions.encode() + b"]]}}"
    )


LINES = {
    "sound": feature("b"),
    "of another id": feature("d", b'"B"', b"[1,2]"),
    "without a place": b'{"type":"Feature","id":"e","properties":{},"geometry":null}',
    "without positions": feature("f", b'"F"', b"[]"),
    "with a number as id": feature(7),
    "with the number as text": feature("7"),
    "that cites": b'{"type":"Feature","id":"g","properties":{"sources":["s-1"]},"geometry":null}',
    "that breaks the schema": feature("h", b"1"),
    "with a fraction that is whole": feature("i", b"1.0"),
    "with spaces": feature("j").replace(b'"id":', b'"id": '),
    "with unsorted keys": b'{"id":"k","type":"Feature","properties":{},"geometry":null}',
    "with seven decimals": feature("l", at=b"[1.1234567,2]"),
    "with a minus zero": feature("m", at=b"[-0.0,2]"),
    "beyond the earth": feature("n", at=b"[20,95]"),
    "with NaN": feature("o", at=b"[NaN,2]"),
    "with a key twice": b'{"type":"Feature","id":"p","id":"p","properties":{},"geometry":null}',
    "with a foreign member": feature("q").replace(b',"properties"', b',"x":1,"properties"'),
    "without an id": b'{"type":"Feature","properties":{},"geometry":null}',
    "with half of a surrogate": feature("r", b'"\\ud800"'),
    "with an escape": feature("s", b'"\\u0041"'),
    "with a line end in it": feature("t").replace(b',"properties"', b',\n"properties"'),
    "with bytes that are no UTF-8": feature("u", b'"\xff"'),
    "nested too deep": feature("v", b"[" * 70 + b"]" * 70),
    "with a word as a number": feature("w", b"tru"),
    "two on one line": feature("x") + b"," + feature("y"),
    "an area": polygon((0, 0), (1, 0), (1, 1), (0, 0)),
    "an area the wrong way round": polygon((0, 0), (1, 1), (1, 0), (0, 0)),
    "an area that crosses itself": polygon((0, 0), (1, 1), (1, 0), (0, 1), (0, 0)),
    "an area that is not closed": polygon((0, 0), (1, 0), (1, 1), (0, 1)),
    "a conflict": b"<<<<<<< ours",
    "nothing": b"",
    "null": b"null",
}
FRAMES = st.sampled_from(
    [
        (HEADER, b"\n" + FOOTER),
        (HEADER, FOOTER),
        (HEADER, b",\n" + FOOTER),
        (HEADER, b"\n]}"),
        (b'{"type": "FeatureCollection","features":[\n', b"\n" + FOOTER),
        (b"\xef\xbb\xbf" + HEADER, b"\n" + FOOTER),
        (b"", b""),
    ]
)


def strictly(data: bytes) -> tuple[Feature, ...] | None:
    """The features of a file in the canonical form; none if it is refused or has another."""
    try:
        features = parse(data, ids_required=True, check_validity=False).features
        return features if dumps(features) == data else None
    except GeoJSONError:
        return None


files = st.builds(
    lambda frame, names: frame[0] + b",\n".join(LINES[name] for name in names) + frame[1],
    FRAMES,
    st.lists(st.sampled_from(sorted(LINES)), max_size=4),
)
orderly = st.lists(
    st.sampled_from(["an area", "of another id", "sound", "that breaks the schema", "that cites",
                     "with a number as id", "without a place", "without positions"]),
    max_size=5,
).map(lambda names: HEADER + b",\n".join(sorted({LINES[name] for name in names}))
      + (b"\n" if names else b"") + FOOTER)  # fmt: skip


@given(st.lists(files | orderly, max_size=6), st.booleans())
def test_files_one_after_the_other(series: list[bytes], together: bool) -> None:
    known = KnownLines(Rules(SCHEMA))
    if together:
        known.learn(series)
    for data in series:
        features, lines = strictly(data), known.of(data)
        assert (lines is None) == (features is None)
        if features is not None and lines is not None:
            plain = [one._replace(breaches=()) for one in lines]
            assert repr(plain) == repr(list(facts_of(features)))
            breaches = [str(one) for one in Rules(SCHEMA).breaches(features)]
            assert [one for line in lines for one in line.breaches] == breaches


def test_ids_that_are_out_of_order_or_the_same() -> None:
    known = KnownLines(None)
    b, d = LINES["sound"], LINES["of another id"]
    both = HEADER + b + b",\n" + d + b"\n" + FOOTER
    assert [one.id for one in known.of(both) or ()] == ["b", "d"]
    assert known.of(HEADER + d + b",\n" + b + b"\n" + FOOTER) is None
    assert known.of(HEADER + b + b",\n" + b + b"\n" + FOOTER) is None
    assert known.of(HEADER + FOOTER) == []


def test_a_schema_that_refers_out_of_itself_is_left_to_the_strict_way() -> None:
    known = KnownLines(Rules({"properties": {"properties": {"$ref": "http://x.example/y"}}}))
    assert known.of(HEADER + LINES["sound"] + b"\n" + FOOTER) is None


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = begin(tmp_path_factory.mktemp("known") / "z", "line")
    put(root, write(root.parent / "f", point("b", 20.5, 42.5, name="A")), "2024-05-02")
    return root


@pytest.mark.parametrize("name", LINES)
def test_verify_says_what_it_says_of_a_file_by_itself(
    whole: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = "line/2024-05-02.geojson"
    data = HEADER + LINES["sound"] + b",\n" + LINES[name] + b"\n" + FOOTER
    (whole / file).write_bytes(data)
    package: dict[str, Any] = manifest_of(whole)
    digest = f"sha256:{sha256(data).hexdigest()}"
    package["resources"][-1].update(bytes=len(data), hash=digest)
    (whole / "datapackage.json").write_bytes(manifest_writer.dumps(package))
    found = pkzone.verify(whole)
    monkeypatch.setattr(KnownLines, "of", lambda *_: None)
    assert found == pkzone.verify(whole)
