"""A catalogue's file of a language is begun, brought up to date and verified."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import pkzone
from pkzone.errors import BadOption, CatalogueError
from pkzone.layers.catalogue import SHIPPED
from tests.helpers.own_catalogue import begin, manifest_of, point, put, tree, write
from tests.helpers.program import Run

BEGUN = """\
# An entry is fuzzy until a speaker of the language has reviewed it: take the mark away then.
msgid ""
msgstr ""
"Project-Id-Version: buffer-zone\\n"
"Language: el\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

#: datapackage.json
#, fuzzy
msgid "Buffer zone"
msgstr ""

#: line
#, fuzzy
msgid "Line"
msgstr ""

#: line@2024-05-01
#, fuzzy
msgid "State on 2024-05-01"
msgstr ""

#: posts-move-2024-05-01
#, fuzzy
msgid "Posts move"
msgstr ""
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = begin(tmp_path / "z", "line", title="Buffer zone")
    pkzone.add_event("2024-05-01", "Posts move", summary="They move.", catalogue=root)
    return root


def translate(root: Path, english: str, text: str, *, code: str = "el") -> None:
    path = root / f"data.{code}.po"
    before = f'msgid "{english}"\nmsgstr ""\n'
    source = path.read_text("utf-8")
    assert before in source
    path.write_text(source.replace(before, f'msgid "{english}"\nmsgstr "{text}"\n'), "utf-8")


def findings(root: Path) -> list[tuple[str, str, str]]:
    return [(one.code, one.path, one.severity) for one in pkzone.verify(root).findings]


def test_a_file_is_begun_and_listed(root: Path) -> None:
    done = pkzone.translate("el", catalogue=root)
    assert (done.outcome, done.count, len(done.untranslated)) == ("added", 4, 4)
    assert (root / "data.el.po").read_text("utf-8") == BEGUN
    assert manifest_of(root)["languages"] == ["en", "el"]
    assert manifest_of(root)["resources"][2] == {
        "name": "data.el", "path": "data.el.po", "format": "po", "language": "el",
        "mediatype": "text/x-gettext-translation", "encoding": "utf-8",
    }  # fmt: skip
    assert findings(root) == [("untranslated", "data.el.po", "warning")]
    before = tree(root)
    assert pkzone.translate("el", catalogue=root).outcome == "present"
    assert tree(root) == before


def test_translations_stay_new_texts_come_and_old_ones_go(root: Path) -> None:
    pkzone.translate("el", catalogue=root)
    path = root / "data.el.po"
    path.write_text(path.read_text("utf-8").replace("#: line\n", "# Short.\n"), "utf-8")
    translate(root, "Line", "Γραμμή")
    translate(root, "Posts move", "Τα φυλάκια μετακινούνται")
    (root / "events.json").write_text("[]\n", "utf-8")
    put(root, write(root.parent / "f", point("a", 21, 42)), "2024-05-02", title="Second")
    told = {one.code: str(one) for one in pkzone.verify(root).findings}
    assert set(told) == {"untranslated", "unused"}
    assert "of its texts, 1 no longer there: 'Posts move'" in told["unused"]
    assert "of its texts, 3 not translated: 'Buffer zone', 'Second'" in told["untranslated"]
    done = pkzone.translate("el", catalogue=root)
    assert done.outcome == "updated"
    assert done.untranslated == ("Buffer zone", "State on 2024-05-01", "Second")
    text = path.read_text("utf-8")
    assert '# Short.\n#: line\n#, fuzzy\nmsgid "Line"\nmsgstr "Γραμμή"' in text
    assert "Posts move" not in text
    assert findings(root) == [("untranslated", "data.el.po", "warning")]


def test_a_summary_may_be_translated_and_need_not_be(root: Path) -> None:
    pkzone.translate("el", catalogue=root)
    for text in ("Buffer zone", "Line", "State on 2024-05-01", "Posts move"):
        translate(root, text, f"Ω {text}")
    assert findings(root) == []
    with (root / "data.el.po").open("a", encoding="utf-8") as file:
        file.write('\nmsgid "They move."\nmsgstr "Μετακινούνται."\n')
    assert findings(root) == []
    assert pkzone.translate("el", catalogue=root).outcome == "present"
    assert pkzone.catalogue(root).say("They move.", "el") == "Μετακινούνται."


def test_kinds_and_controllers_may_be_translated(root: Path) -> None:
    pkzone.translate("el", catalogue=root)
    properties = {"kind": "watch_tower", "controller": "North / South"}
    put(root, write(root.parent / "f", point("a", 21, 42, **properties)), "2024-05-02")
    with (root / "data.el.po").open("a", encoding="utf-8") as file:
        file.writelines(
            f'\nmsgid "{one}"\nmsgstr "Ω"\n' for one in ("watch tower", "South", "East")
        )
    (unused,) = [one for one in pkzone.verify(root).findings if one.code == "unused"]
    assert "of its texts, 1 no longer there: 'East'" in unused.message
    pkzone.translate("el", catalogue=root)
    assert "unused" not in {code for code, *_ in findings(root)}
    assert pkzone.catalogue(root).say("South", "el") == "Ω"
    phrases = pkzone.map(catalogue=pkzone.catalogue(root)).content["words"]["phrases"]
    assert phrases["watch tower"] == phrases["South"] == ["Ω"]


def test_a_title_of_an_earlier_record_is_no_stray(root: Path) -> None:
    pkzone.translate("el", catalogue=root)
    translate(root, "State on 2024-05-01", "Πρώτη")
    file = str(root / "line" / "2024-05-01.geojson")
    put(root, write(root.parent / "f", point("a", 21, 42)), "2024-05-01", title="N", correct=True)
    assert file
    assert [one.code for one in pkzone.verify(root).findings] == ["untranslated"]
    pkzone.translate("el", catalogue=root)
    assert pkzone.catalogue(root, known_on="2025-01-01").say("State on 2024-05-01", "el") == "Πρώτη"


def test_what_is_wrong_with_a_file_is_found(root: Path) -> None:
    pkzone.translate("el", catalogue=root)
    (root / "data.el.po").write_text("hello\n", "utf-8")
    (root / "data.az.po").write_text("", "utf-8")
    (root / "data.po").write_text("mine\n", "utf-8")
    assert findings(root) == [
        ("unlisted", "data.az.po", "warning"), ("translation", "data.el.po", "error"),
    ]  # fmt: skip
    (finding,) = [one for one in pkzone.verify(root).findings if one.code == "translation"]
    assert str(finding) == ("data.el.po: line 1 is not a line of a gettext file; fix the file")
    (root / "data.el.po").unlink()
    assert ("translation", "data.el.po", "error") in findings(root)


def test_a_file_that_was_there_is_taken_up(root: Path) -> None:
    (root / "data.el.po").write_text('msgid "Line"\nmsgstr "Γραμμή"\n', "utf-8")
    assert pkzone.translate("el", catalogue=root).outcome == "updated"
    assert pkzone.catalogue(root).say("Line", "el") == "Γραμμή"


def test_a_file_edited_by_hand_breaks_no_seal(root: Path) -> None:
    pkzone.translate("el", catalogue=root)
    translate(root, "Line", "Γραμμή")
    put(root, write(root.parent / "f", point("a", 21, 42)), "2024-05-02")
    assert all(one.severity == "warning" for one in pkzone.verify(root).findings)


@pytest.mark.parametrize(
    ("language", "reason"),
    [("../x", "write a code"), ("Ελ", "write a code"), ("en", "that of the texts themselves")],
)
def test_what_is_no_other_language_is_refused(root: Path, language: str, reason: str) -> None:
    before = tree(root)
    with pytest.raises(BadOption, match=reason):
        pkzone.translate(language, catalogue=root)
    assert tree(root) == before


def test_the_main_language_and_the_shipped_catalogue_are_refused(tmp_path: Path) -> None:
    root = begin(tmp_path / "z", languages=["el"])
    with pytest.raises(BadOption, match="themselves"):
        pkzone.translate("el", catalogue=root)
    with pytest.raises(CatalogueError, match="is not to be changed"):
        pkzone.translate("el", catalogue=SHIPPED)


def test_a_damaged_file_stays_as_it_is(root: Path) -> None:
    pkzone.translate("el", catalogue=root)
    (root / "data.el.po").write_text("hello\n", "utf-8")
    before = tree(root)
    with pytest.raises(CatalogueError, match="not a line of a gettext file"):
        pkzone.translate("el", catalogue=root)
    assert tree(root) == before


def test_a_language_may_have_a_region(root: Path) -> None:
    pkzone.translate("pt-BR", catalogue=root)
    assert pkzone.catalogue(root).translated == ("pt-BR",)
    assert json.loads((root / "datapackage.json").read_text())["resources"][2]["name"] == (
        "data.pt-br"
    )


def test_commands_say_what_is_to_translate(root: Path, in_process: Run) -> None:
    begun = in_process("translate", "el", "--catalogue", str(root))
    assert begun == (0, "", f"pkzone: added: {root}/data.el.po, 4 of 4 texts to translate\n")
    for text in ("Buffer zone", "Line", "State on 2024-05-01", "Posts move"):
        translate(root, text, f"Ω {text}")
    whole = in_process("translate", "el", "--catalogue", str(root))
    assert whole.err == f"pkzone: {root}/data.el.po: whole\n"
    line = "pkzone: to translate: el 1 text; pkzone translate el brings them in\n"
    added = in_process(
        "event", "add", "--date", "2024-05-03", "--title", "Talks", "--catalogue", str(root)
    )
    assert added.err.endswith(line)
    file = write(root.parent / "f.geojson", point("a", 21, 42))
    published = in_process(
        "publish", file, "--layer", "line", "--from", "2024-05-02", "--title", "Talks", "--yes",
        "--catalogue", str(root),
    )  # fmt: skip
    assert published.err.endswith(line)  # the same text
    renamed = in_process("layer", "rename", "line", "--title", "Front", "--catalogue", str(root))
    assert renamed.err.endswith(line.replace("1 text", "2 texts"))
    (root / "data.el.po").write_text("hello\n", "utf-8")
    told = in_process("layer", "rename", "line", "--title", "Line", "--catalogue", str(root))
    assert told.code == 0
    assert "pkzone: warning: " in told.err
