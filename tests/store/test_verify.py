"""Verify finds what is wrong, and nothing else; damaged files are never used."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.cli import pkzone as program
from pkzone.errors import CatalogueError, HashMismatch
from pkzone.store import manifest_writer
from tests.helpers.own_catalogue import begin, line, manifest_of, point, put, tree, write

FIRST, SECOND = "line/2024-05-01.geojson", "line/2024-05-02.geojson"
CORRECTED = "line/2024-05-02_r2.geojson"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue with two layers, a correction, a shared file, sources and events."""
    folder = tmp_path_factory.mktemp("whole")
    root = begin(folder / "z", "line", "posts", license="CC0-1.0")
    sources = [{"id": "un-1", "title": "Report"}]
    events = [
        {"id": "e", "date": "2024-05", "title": "E", "layers": ["line"], "features": ["line/r"],
         "sources": ["un-1"]}
    ]  # fmt: skip
    (root / "sources.json").write_text(json.dumps(sources), encoding="utf-8")
    (root / "events.json").write_text(json.dumps(events), encoding="utf-8")
    cited: dict[str, Any] = {"sources": ["un-1"], "events": ["e"]}
    road = line("r", (20.0, 42.0), (20.5, 42.1), name="Rruga / Пут", sources=["un-1"])
    put(root, write(folder / "f", road), "2024-05-02", **cited)
    put(root, write(folder / "f", road, point("b", 1, 2)), "2024-05-02", correct=True, **cited)
    put(root, write(folder / "f", road, point("b", 1, 2)), "2024-05-03", **cited)
    return root


@pytest.fixture
def root(whole: Path, tmp_path: Path) -> Path:
    """A copy of it, free to damage."""
    return Path(shutil.copytree(whole, tmp_path / "z"))


def codes(root: Path) -> set[tuple[str, str]]:
    return {(one.code, one.path) for one in pkzone.verify(root).findings}


def edit(root: Path, change: Callable[[dict[str, Any]], object], *, sealed: bool = True) -> None:
    """Change the manifest; ``sealed`` as by a program that knows the seal, so that it holds."""
    value = manifest_of(root)
    change(value)
    data = manifest_writer.dumps(value) if sealed else json.dumps(value).encode()
    (root / "datapackage.json").write_bytes(data)


def entry(named: str, /, **changes: Any) -> Callable[[dict[str, Any]], None]:
    def change(value: dict[str, Any]) -> None:
        (one,) = (item for item in value["resources"] if item["name"] == named)
        one.update(changes)

    return change


def test_a_whole_one(whole: Path) -> None:
    result = pkzone.verify(whole)
    assert (result.findings, result.ok, result.versions, result.files) == ((), True, 4, 4)
    assert pkzone.verify(pkzone.catalogue(whole)) == result


def damage(path: str, content: bytes | None) -> Callable[[Path], None]:
    def do(root: Path) -> None:
        if content is None:
            (root / path).unlink()
        else:
            (root / path).parent.mkdir(exist_ok=True)
            (root / path).write_bytes(content)

    return do


def renamed(root: Path) -> None:
    (root / SECOND).rename(root / "line" / "2024-05-02-old.geojson")


def linked(path: str) -> Callable[[Path], None]:
    def do(root: Path) -> None:
        elsewhere = root.parent / "elsewhere"
        (root / path).rename(elsewhere)
        (root / path).symlink_to(elsewhere)

    return do


def stray_link(root: Path) -> None:
    (root / "line" / "loop").symlink_to("..")


def truncated(root: Path) -> None:
    os.truncate(root / SECOND, 20)


MANIFEST = "datapackage.json"
DAMAGES: dict[str, tuple[Callable[[Path], object], set[tuple[str, str]]]] = {
    "missing": (damage(SECOND, None), {("missing", SECOND)}),
    "truncated": (truncated, {("truncated", SECOND)}),
    "longer": (damage(FIRST, b"x" * 9_000), {("changed", FIRST)}),
    "a folder in its place": (
        lambda root: ((root / FIRST).unlink(), (root / FIRST).mkdir()), {("changed", FIRST)},
    ),
    "renamed": (renamed, {("renamed", "line/2024-05-02-old.geojson")}),
    "extra": (damage("line/2024-05-09.geojson", b"{}"), {("extra", "line/2024-05-09.geojson")}),
    "extra at the top": (damage("new.geojson", b"{}"), {("extra", "new.geojson")}),
    "a layer not recorded": (damage("more/a.geojson", b"{}"), {("extra", "more/a.geojson")}),
    "a schema of no layer": (damage("schemas/x.json", b"{}"), {("extra", "schemas/x.json")}),
    "a folder in a layer": (
        lambda root: (root / "line" / "old").mkdir(), {("extra", "line/old")},
    ),
    "notes beside it": (damage("notes/plan.txt", b"mine"), set()),
    "a hidden file": (damage("line/.DS_Store", b"x"), set()),
    "a temporary file": (damage("line/.pkzone-1.tmp", b""), {("temporary", "line/.pkzone-1.tmp")}),
    "a link as a file": (linked(SECOND), {("manifest", MANIFEST)}),
    "a link as the manifest": (linked(MANIFEST), {("link", MANIFEST), ("manifest", MANIFEST)}),
    "a link in a circle": (stray_link, {("link", "line/loop")}),
    "no manifest": (damage(MANIFEST, None), {("manifest", MANIFEST)}),
    "a manifest cut short": (
        lambda root: os.truncate(root / MANIFEST, 900), {("manifest", MANIFEST)},
    ),
    "a manifest that is a list": (damage(MANIFEST, b"[]"), {("manifest", MANIFEST)}),
    "a key twice": (damage(MANIFEST, b'{"name":"a","name":"b"}'), {("manifest", MANIFEST)}),
    "no sources": (damage("sources.json", None), {("sources", "sources.json")}),
    "no events": (damage("events.json", b"{}"), {("events", "events.json")}),
    "a source gone": (
        damage("sources.json", b"[]"),
        {("reference", MANIFEST), ("reference", "events.json"), ("cited", "sources.json")},
    ),
    "an event gone": (damage("events.json", b"[]"), {("reference", MANIFEST)}),
    "an event of a feature that never was": (
        damage("events.json", b'[{"id":"e","date":"2024","title":"E","features":["line/zz"]}]'),
        {("reference", "events.json")},
    ),
    "no schema": (damage("schemas/line.json", None), {("schema", "schemas/line.json")}),
    "a schema that is none": (
        damage("schemas/line.json", b'{"type":"no"}'), {("schema", "schemas/line.json")},
    ),
    "a cyclic schema": (damage("schemas/posts.json", b'{"$ref":"#"}'),
                        {("schema", "posts/2024-05-01.geojson")}),
    "a schema that grew": (
        damage("schemas/posts.json", b'{"required":["kind"]}'),
        {("schema", "posts/2024-05-01.geojson")},
    ),
}  # fmt: skip
EDITS: dict[str, tuple[Callable[[dict[str, Any]], object], set[tuple[str, str]]]] = {
    "another count": (entry("line-2024-05-01", feature_count=2), {("counts", FIRST)}),
    "another extent": (entry("line-2024-05-01", bbox=[20, 42, 21, 43]), {("counts", FIRST)}),
    "no extent": (entry("line-2024-05-01", bbox=[0, 0, 0, 0]), {("counts", FIRST)}),
    "another version's file": (
        entry("line-2024-05-01", path="posts/2024-05-01.geojson"),
        {("overlap", "posts/2024-05-01.geojson"), ("extra", FIRST)},
    ),
    "a record left out": (
        lambda p: p["resources"].remove(
            next(one for one in p["resources"] if one["name"] == "line-2024-05-02")
        ),
        {("records", MANIFEST), ("extra", SECOND)},
    ),
    "a correction before what it corrects": (
        entry("line-2024-05-02_r2", recorded="2024-12-31"), {("records", MANIFEST)},
    ),
    "one record twice": (
        entry("line-2024-05-02_r2", record=1), {("manifest", MANIFEST)},
    ),
    "a path out of it": (entry("line-2024-05-01", path="../a"), {("manifest", MANIFEST)}),
    "an absolute path": (entry("line-2024-05-01", path="/etc/passwd"), {("manifest", MANIFEST)}),
    "a hash of nothing": (
        entry("line-2024-05-01", hash="sha256:" + sha256(b"").hexdigest()), {("changed", FIRST)},
    ),
    "a stated end": (entry("line-2024-05-01", valid_to="2030-01-01"), {("overlap", MANIFEST)}),
    "a misplaced file": (
        entry("line-2024-05-01", name="line-2024-04-01", version="2024-04-01",
              valid_from="2024-04-01"), {("renamed", FIRST)},
    ),
    "a default date that is none": (lambda p: p.update(default_date="x"), {("manifest", MANIFEST)}),
    "a route without its source": (
        lambda p: p.update(routes=[{"route": "r", "valid_from": "2024-05-01", "km": 1,
                                    "text": "1", "source": "un-9"}]), {("reference", MANIFEST)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damage(root: Path, name: str) -> None:
    do, expected = DAMAGES[name]
    do(root)
    assert codes(root) == expected
    harmless = {"temporary", "cited"}
    assert pkzone.verify(root).ok == ({code for code, _ in expected} <= harmless)
    assert all(one.remedy and one.message for one in pkzone.verify(root).findings)


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_of_the_manifest(root: Path, name: str) -> None:
    change, expected = EDITS[name]
    edit(root, change)
    assert codes(root) == expected


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_that_does_not_know_the_seal(root: Path, name: str) -> None:
    change, expected = EDITS[name]
    edit(root, change, sealed=False)
    assert codes(root) == {*expected, ("seal", "datapackage.json")}


def test_the_seal(root: Path) -> None:
    edit(root, lambda value: value.update(title="Another", description="More"))
    before = manifest_of(root)["seal"]
    assert codes(root) == set()
    edit(root, lambda value: value.update(languages=["sq"]))
    assert manifest_of(root)["seal"] != before
    (root / "datapackage.json").write_bytes(json.dumps(manifest_of(root)).encode())
    assert codes(root) == {("seal", "datapackage.json")}
    edit(root, lambda value: value.pop("seal"), sealed=False)
    assert codes(root) == {("seal", "datapackage.json")}


def test_a_version_that_is_not_canonical(root: Path) -> None:
    data = (root / FIRST).read_bytes().replace(b'"name":"A"', b'"name": "A"')
    (root / FIRST).write_bytes(data)
    edit(root, entry("line-2024-05-01", bytes=len(data), hash=f"sha256:{sha256(data).hexdigest()}"))
    assert codes(root) == {("form", FIRST)}


def test_a_file_that_cannot_be_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: pkzone.Version) -> bytes:
        raise CatalogueError(f"{root}/{self.file}: cannot be read: Input/output error; check it")

    monkeypatch.setattr(pkzone.Version, "read_bytes", refuse)
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert {one.severity for one in pkzone.verify(root).findings} == {"error"}


READERS: tuple[tuple[str, ...], ...] = (
    ("show", "line@2024-05-01"),
    ("show", "line@2024-05-01", "--geojson"),
    ("show", "line@2024-05-01", "--json"),
    ("map", "-o", "-"),
    ("diff", "line@2024-05-01", "line@2024-05-02"),
    ("diff", "line@2024-05-02", "line@2024-05-01", "-q"),
    ("diff", "line", "--each"),
    ("history", "line"),
    ("history", "line", "r"),
    ("picture", "line@2024-05-01", "-o", "x.svg"),
    ("picture", "line@2024-05-01", "line@2024-05-02", "-o", "x.svg"),
)


@pytest.mark.parametrize("arguments", READERS, ids=" ".join)
def test_every_read_checks_the_hash(
    root: Path, tmp_path: Path, arguments: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """The damage keeps the size and is as good GeoJSON as before."""
    data = (root / FIRST).read_bytes()
    (root / FIRST).write_bytes(data.replace(b"20.5", b"20.6"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        program.main(["--catalogue", str(root), *arguments], prog_name="pkzone")
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (3, "")
    assert f"{FIRST}: the content is not what datapackage.json records" in said.err


def test_every_read_of_the_library_checks_the_hash(root: Path) -> None:
    (root / FIRST).write_bytes((root / FIRST).read_bytes().replace(b"20.5", b"20.6"))
    version = pkzone.catalogue(root)["line"]["2024-05-01"]
    for read in (version.read_bytes, version.features, version.frame,
                 lambda: pkzone.load("line@2024-05-01", root),
                 lambda: pkzone.diff(version, version, catalogue=root),
                 lambda: pkzone.map(catalogue=pkzone.catalogue(root)).to_html()):  # fmt: skip
        with pytest.raises(HashMismatch):
            read()


def flips(data: bytes, places: range | list[int]) -> Iterator[tuple[int, bytes]]:
    """Yield the data with one bit of one byte turned, for every place and every bit."""
    for place in places:
        for bit in range(8):
            turned = bytearray(data)
            turned[place] ^= 1 << bit
            yield place, bytes(turned)


def unnoticed(root: Path, path: str, places: range | list[int]) -> list[int]:
    """Return the places of flips in a file that verify did not find."""
    whole = (root / path).read_bytes()
    missed = set()
    for place, data in flips(whole, places):
        (root / path).write_bytes(data)
        if pkzone.verify(root).ok:
            missed.add(place)
    (root / path).write_bytes(whole)
    return sorted(missed)


def free_text(data: bytes) -> set[int]:
    """Return the places of a manifest that are inside the texts of titles and descriptions."""
    import re

    found: set[int] = set()
    for match in re.finditer(rb'"(?:title|description)":"((?:[^"\\]|\\.)*)"', data):
        found.update(range(*match.span(1)))
    return found


def test_a_sample_of_flips_is_found(root: Path) -> None:
    chosen = random.Random(4711)  # noqa: S311 - a fixed sample
    for path in (FIRST, SECOND, CORRECTED):
        places = chosen.sample(range((root / path).stat().st_size), 2)
        assert unnoticed(root, path, places) == []
    data = (root / "datapackage.json").read_bytes()
    outside = sorted(set(range(len(data))) - free_text(data))
    assert unnoticed(root, "datapackage.json", chosen.sample(outside, 12)) == []


@pytest.mark.slow
def test_every_flip_is_found(root: Path) -> None:
    for path in (FIRST, SECOND, CORRECTED):
        assert unnoticed(root, path, range((root / path).stat().st_size)) == []
    data = (root / "datapackage.json").read_bytes()
    outside = sorted(set(range(len(data))) - free_text(data))
    assert unnoticed(root, "datapackage.json", outside) == []


def test_verify_writes_nothing(root: Path) -> None:
    before = tree(root)
    pkzone.verify(root)
    assert tree(root) == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_named_pipe_is_not_waited_for(root: Path) -> None:
    os.mkfifo(root / "line" / "pipe.geojson")
    assert codes(root) == {("extra", "line/pipe.geojson")}
