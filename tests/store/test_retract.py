"""A version withdrawn: what holds instead, what stays readable, what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.errors import (
    BadDate,
    BadReference,
    CannotPublish,
    CatalogueError,
    LayerNotFound,
    PkzoneError,
    VersionNotFound,
)
from pkzone.layers.catalogue import SHIPPED
from pkzone.store.retract import Retraction
from tests.helpers.own_catalogue import begin, manifest_of, point, put, tree, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A catalogue whose ``line`` has versions of May 1st, of the 2nd (two of them) and the 5th."""
    root = begin(tmp_path / "z", "line")
    for number, day in enumerate(("2024-05-02", "2024-05-02.2", "2024-05-05")):
        put(root, write(tmp_path / "f", point("a", 21 + number, 42)), day)
    return root


def retract(root: Path, ref: str, **options: Any) -> Retraction:
    settings = {"reason": "Its date was wrong.", "recorded": "2025-02-01", **options}
    return pkzone.retract(ref, catalogue=root, **settings)


def test_a_record_says_why_and_shares_the_file(root: Path) -> None:
    before, entries = tree(root), manifest_of(root)["resources"]
    done = retract(root, "line@2024-05-02.2")
    assert (done.outcome, done.version.ref, done.version.record) == (
        "withdrawn", "line@2024-05-02.2", 2,
    )  # fmt: skip
    was = next(one for one in entries if one.get("version") == "2024-05-02.2")
    added = [one for one in manifest_of(root)["resources"] if one not in entries]
    assert added == [
        {**was, "name": "line-2024-05-02.2_r2", "record": 2, "recorded": "2025-02-01",
         "withdrawn": "Its date was wrong."}
    ]  # fmt: skip
    after = tree(root)
    assert {path for path in after if after[path] != before.get(path)} == {"datapackage.json"}
    assert pkzone.verify(root).findings == ()
    assert pkzone.catalogue(root)["line"].records[-2] == done.version


@pytest.mark.parametrize(
    ("ref", "first", "last", "instead"),
    [
        ("line@2024-05-01", date(2024, 5, 1), date(2024, 5, 1), None),
        ("line@2024-05-02", None, None, None),
        ("line@2024-05-02.2", date(2024, 5, 2), date(2024, 5, 4), "line@2024-05-02"),
        ("line@2024-05-05", date(2024, 5, 5), None, "line@2024-05-02.2"),
    ],
)
def test_what_is_in_force_instead(
    root: Path, ref: str, first: date | None, last: date | None, instead: str | None
) -> None:
    dry = retract(root, ref, dry_run=True)
    done = retract(root, ref)
    assert (done.first, done.last, done.in_force and done.in_force.ref) == (first, last, instead)
    assert dry == done
    line = pkzone.catalogue(root)["line"]
    for day in filter(None, (first, last)):
        if instead is None:
            with pytest.raises(VersionNotFound):
                line.on(day)
        else:
            assert line.on(day).ref == instead


def test_what_was_published_stays_readable(root: Path) -> None:
    retract(root, "line@2024-05-05")
    then = pkzone.catalogue(root, known_on="2025-01-31")["line"]
    assert then.on("2024-05-06").id == "2024-05-05"
    with pytest.raises(VersionNotFound, match="withdrawn on 2025-02-01: Its date was wrong"):
        pkzone.catalogue(root)["line"]["2024-05-05"]


def test_publishing_brings_it_back(root: Path, tmp_path: Path) -> None:
    retract(root, "line@2024-05-05")
    file = write(tmp_path / "again", point("a", 23, 42))
    step = put(root, file, "2024-05-05", recorded="2025-03-01", correct=True)
    assert (step.outcome, step.version.record, step.shared) == ("corrected", 3, True)
    assert pkzone.catalogue(root)["line"].latest.withdrawn == ""
    assert retract(root, "line@2024-05-05", recorded="2025-04-01").version.record == 4
    assert pkzone.verify(root).findings == ()


def test_the_same_again_changes_nothing(root: Path) -> None:
    retract(root, "line@2024-05-05")
    before = tree(root)
    again = retract(root, "line@2024-05-05", recorded="2025-02-02")
    assert (again.outcome, again.version.record) == ("present", 2)
    with pytest.raises(CannotPublish, match="on 2025-02-01 for another reason: Its"):
        retract(root, "line@2024-05-05", reason="No such post.")
    assert tree(root) == before


def test_the_only_version(tmp_path: Path) -> None:
    root = begin(tmp_path / "z", "line")
    assert retract(root, "line@2024-05-01").in_force is None
    assert pkzone.verify(root).findings == ()
    assert len(pkzone.catalogue(root)["line"]) == 0


@pytest.mark.parametrize(
    ("ref", "options", "kind", "said"),
    [
        ("line", {}, BadReference, r"names no version by its id; write line@2024-05-05"),
        ("line@latest", {}, BadReference, "names no version by its id"),
        ("line@", {}, BadReference, "names no version by its id"),
        ("@2024", {}, BadReference, "is not a reference; write LAYER@VERSION"),
        ("line@a@b", {}, BadReference, "is not a reference"),
        ("lin@2024-05-01", {}, LayerNotFound, "did you mean line?"),
        ("line/2024-05-01.geojson", {}, LayerNotFound, "has no layer"),
        ("line@2024-05-03", {}, VersionNotFound, r"not the one in force on a date; on that day "
         r"line@2024-05-02\.2 is in force; pkzone log line lists them"),
        ("line@2024-05-02.3", {}, VersionNotFound, "did you mean 2024-05-02.2?"),
        ("line@2024-05-01..2024-05-02", {}, VersionNotFound, "has no version"),
        ("line@2024-05-01", {"reason": ""}, CannotPublish, "the reason is empty"),
        ("line@2024-05-01", {"reason": "a\x1b"}, CannotPublish, "the reason .* holds control"),
        ("line@2024-05-01", {"recorded": "2024-12-31"}, CannotPublish, "cannot be recorded on"),
        ("line@2024-05-01", {"recorded": "soon"}, BadDate, "is not a date"),
    ],
)  # fmt: skip
def test_what_is_refused(
    root: Path, ref: str, options: dict[str, Any], kind: type[PkzoneError], said: str
) -> None:
    before = tree(root)
    with pytest.raises(kind, match=said):
        retract(root, ref, **options)
    assert tree(root) == before


def test_catalogues_that_are_not_to_be_changed(root: Path) -> None:
    with pytest.raises(CatalogueError, match="begin your own"):
        pkzone.retract("zone@2020-11-10", catalogue=SHIPPED, reason="R")
    path = root / "datapackage.json"
    path.write_bytes(path.read_bytes().replace(b'"languages":["en"]', b'"languages":["fr"]'))
    with pytest.raises(CatalogueError, match="edited outside pkzone"):
        retract(root, "line@2024-05-05")
