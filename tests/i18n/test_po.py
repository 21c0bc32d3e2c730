"""Gettext files are read and written without Babel, and as Babel reads them."""

from __future__ import annotations

from io import BytesIO

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from pkzone.i18n.po import Entry, dumps, parse

SOURCE = r"""
# Greek titles.
msgid ""
msgstr ""
"Language: el\n"
"Content-Type: text/plain; charset=utf-8\n"

# As on maps.
#. of a layer
#: line line@2024-05-01
#, fuzzy, no-wrap
#| msgid "Front"
msgid "Front \"line\""
msgstr ""
"Γραμμή "
"του μετώπου"
#~ msgid "Old"
#~ msgstr "Παλιό"
msgid "Posts"

msgstr "a\\b\tc\n"
msgid "Sites"
msgstr ""
"""


def test_entries_are_read() -> None:
    header, front, posts, sites = parse(SOURCE)
    assert header == Entry(
        "",
        "Language: el\nContent-Type: text/plain; charset=utf-8\n",
        comments=("# Greek titles.",),
        line=3,
    )
    assert front == Entry(
        'Front "line"',
        "Γραμμή του μετώπου",
        True,
        ("# As on maps.", "#. of a layer"),
        ("line", "line@2024-05-01"),
        13,
    )
    assert posts == Entry("Posts", "a\\b\tc\n", line=19)
    assert sites == Entry("Sites", "", line=22)
    assert list(parse(SOURCE.replace("\n", "\r\n"))) == [header, front, posts, sites]


def test_entries_are_written() -> None:
    entry = Entry('A "b"\\', "α\nβ", True, ("# c",), ("line", "line@2024-05-01"))
    assert dumps(entry) == (
        '# c\n#: line line@2024-05-01\n#, fuzzy\nmsgid "A \\"b\\"\\\\"\nmsgstr ""\n"α\\n"\n"β"\n'
    )


@given(
    st.lists(st.tuples(st.text(min_size=1), st.text(), st.booleans()), unique_by=lambda one: one[0])
)
def test_what_is_written_is_read_again(texts: list[tuple[str, str, bool]]) -> None:
    entries = [Entry(*one) for one in texts]
    again = parse("\n".join(map(dumps, entries)))
    assert [one[:3] for one in again] == texts


def test_babel_reads_the_same() -> None:
    entries = [Entry('A "b"', "α\nβ\t\\", True, ("# c",)), Entry("B", ""), Entry("C\nD", "γ")]
    catalogue = read_po(BytesIO("\n".join(map(dumps, entries)).encode()), abort_invalid=True)
    read = [(one.id, one.string, one.fuzzy) for one in catalogue if one.id]
    assert read == [one[:3] for one in entries]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("hello", "line 1 is not a line of a gettext file"),
        ('msgid "a', "line 1 is not a line of a gettext file"),
        ('msgid "a\\x41"\nmsgstr ""', "line 1 is not a line of a gettext file"),
        ('\n"a"', "line 2 continues nothing"),
        ('msgstr "a"', "line 1 has msgstr out of turn"),
        ('msgid "a"\nmsgid "b"', "line 2: the text before has no msgstr"),
        ('msgid "a"\n# b', "line 2: the text before has no msgstr"),
        ('msgid "a"', "the text before has no msgstr"),
        ('msgid "a"\nmsgstr "b"\nmsgstr "c"', "line 3 has msgstr out of turn"),
        ('msgctxt "a"\nmsgid "b"', "line 1 has msgctxt; a text here has msgid and msgstr alone"),
        ('msgid "a"\nmsgid_plural "b"', "line 2 has msgid_plural"),
        ('msgid "a"\nmsgstr[0] "b"', r"line 2 has msgstr\[0\]"),
    ],
)
def test_what_is_none_is_refused_with_its_line(source: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        list(parse(source))
