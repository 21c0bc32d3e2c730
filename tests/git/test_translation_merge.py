"""git merges the files that translate a catalogue, text by text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import pkzone
from pkzone.git.line_merge import CLEAN, CONFLICTS
from pkzone.git.merge_driver import merge_files
from tests.helpers.git_repository import NEEDS_GIT, Repository
from tests.helpers.merged_catalogue import NEW, Zone, solved

PATH = "data.el.po"


def translate(zone: Zone, english: str, text: str) -> None:
    zone.edit(PATH, f'msgid "{english}"\nmsgstr ""\n', f'msgid "{english}"\nmsgstr "{text}"\n')


def up_to_date(zone: Zone) -> None:
    pkzone.translate("el", catalogue=zone.root)


@pytest.fixture
def zone(repository: Repository) -> Zone:
    """A catalogue that is translated into Greek but for one title."""
    zone = Zone(repository)
    up_to_date(zone)
    for english, text in (("Line", "Γραμμή"), ("Begin", "Αρχή"), ("Line on 2024-05-01", "Πρώτη")):
        translate(zone, english, text)
    repository.commit()
    return zone


@NEEDS_GIT
def test_what_both_sides_brought_in_is_joined(zone: Zone) -> None:
    def ours(zone: Zone) -> None:
        zone.publish("2024-06-01", NEW, title="Ours")
        up_to_date(zone)
        translate(zone, "Ours", "Δικό μας")
        translate(zone, "Zone", "Ζώνη")

    def theirs(zone: Zone) -> None:
        zone.publish("2024-07-01", NEW, title="Theirs")
        zone.add("events", id="e", date="2024-07-01", title="Talks", layers=["line"])
        up_to_date(zone)
        translate(zone, "Theirs", "Δικό τους")
        translate(zone, "Talks", "Συνομιλίες")
        zone.edit(PATH, '#, fuzzy\nmsgid "Line"', 'msgid "Line"')

    zone.diverge(ours, theirs)
    zone.merge()
    assert zone.findings == []
    text = (zone.root / PATH).read_text("utf-8")
    assert '#: line\nmsgid "Line"\nmsgstr "Γραμμή"\n' in text
    said = [pkzone.catalogue(zone.root).say(one, "el") for one in ("Zone", "Ours", "Talks")]
    assert said == ["Ζώνη", "Δικό μας", "Συνομιλίες"]
    up_to_date(zone)
    assert sorted((zone.root / PATH).read_text("utf-8").split("\n\n")) == sorted(text.split("\n\n"))


@NEEDS_GIT
@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_two_translations_of_a_text_are_a_conflict(zone: Zone, side: str) -> None:
    zone.diverge(
        lambda zone: translate(zone, "Zone", "Ζώνη"),
        lambda zone: translate(zone, "Zone", "Περιοχή"),
    )
    said = zone.merge(code=1)
    assert (
        f"zone/{PATH}: conflict in 1 text that both sides translated, each in its own way" in said
    )
    (finding,) = zone.findings
    assert "data.el.po: has Git's conflict markers (<<<<<<< in line" in finding
    text = solved((zone.root / PATH).read_text("utf-8"), side)
    (zone.root / PATH).write_text(text, encoding="utf-8")
    assert zone.findings == []
    chosen = {"ours": "Ζώνη", "theirs": "Περιοχή"}[side]
    assert pkzone.catalogue(zone.root).say("Zone", "el") == chosen


@NEEDS_GIT
def test_both_sides_begin_a_language(repository: Repository) -> None:
    zone = Zone(repository)

    def begin(english: str, text: str) -> Callable[[Zone], None]:
        return lambda zone: (up_to_date(zone), translate(zone, english, text))[-1]

    zone.diverge(begin("Line", "Γραμμή"), begin("Zone", "Ζώνη"))
    zone.merge()
    known = pkzone.catalogue(zone.root).translations["el"].texts
    assert known == {"Line": "Γραμμή", "Zone": "Ζώνη"}


@NEEDS_GIT
def test_a_renamed_layer_and_a_new_version(zone: Zone) -> None:
    zone.diverge(
        lambda zone: pkzone.rename_layer("line", title="Front", catalogue=zone.root),
        lambda zone: translate(zone, "Zone", "Ζώνη"),
    )
    zone.merge()
    assert [one.split(":")[0] for one in zone.findings] == [PATH, PATH]
    up_to_date(zone)
    (finding,) = zone.findings
    assert "of its texts, 1 not translated: 'Front'" in finding


def entry(text: str, *, fuzzy: bool = False, comment: str = "") -> str:
    return f'{comment}{"#, fuzzy" + chr(10) if fuzzy else ""}msgid "A"\nmsgstr "{text}"\n'


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        (entry("a"), entry("a"), entry("b"), entry("b")),
        (entry("a"), entry("b"), entry("b"), entry("b")),
        ("", entry(""), entry("b"), entry("b")),
        (entry("a", fuzzy=True), entry("a"), entry("a", fuzzy=True), entry("a")),
        # Reviewed by one, and written anew by the other: nobody has reviewed that.
        (entry("a", fuzzy=True), entry("a"), entry("b", fuzzy=True), entry("b", fuzzy=True)),
        (entry("a"), "", entry("a"), ""),
        (entry("a"), "", entry("b"), entry("b")),
        (
            entry("a"), entry("a", comment="# x\n"), entry("a", comment="# y\n"),
            entry("a", comment="# x\n# y\n"),
        ),
        (entry("a"), "hello", entry("b"), None),
    ],
)  # fmt: skip
def test_entries_are_merged_by_their_parts(
    tmp_path: Path, base: str, ours: str, theirs: str, merged: str | None
) -> None:
    paths = [tmp_path / name for name in ("o", "a", "b")]
    for path, text in zip(paths, (base, ours, theirs), strict=True):
        path.write_text(text, encoding="utf-8")
    outcome = merge_files(*paths, name=f"zone/{PATH}")
    if merged is None:
        assert outcome.exit_code == CONFLICTS
        assert "not merged by texts: " in outcome.messages[0]
        assert "line 1 is not a line of a gettext file" in outcome.messages[0]
    else:
        assert (outcome.exit_code, paths[1].read_text("utf-8")) == (CLEAN, merged)
