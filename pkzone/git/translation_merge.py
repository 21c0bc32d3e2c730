"""Merge the files that translate a catalogue, text by text."""

from __future__ import annotations

import re
from pathlib import Path

from pkzone.errors import printable
from pkzone.files.atomic import write_bytes
from pkzone.git.line_merge import CLEAN, CONFLICTS, Outcome
from pkzone.git.merge_json import CLASH, chosen, merged_order
from pkzone.i18n import po
from pkzone.layers import translations
from pkzone.layers.json_fields import read_bytes
from pkzone.text_layout import counted

__all__ = ["FILE", "merge_translations"]

FILE = re.compile(r"data\.[A-Za-z0-9-]+\.po")
_Entries = dict[str, po.Entry]


def merge_translations(base: Path, ours: Path, theirs: Path, *, name: str, size: int) -> Outcome:
    """Merge three files of translations into the second.

    A translation that both sides wrote, each in its own way, occurs twice between git's
    conflict markers; whichever side is kept, what remains is such a file.

    Raises
    ------
    CatalogueError, OutputError
        One of them is damaged, or cannot be written.
    """
    label = printable(name, limit=None)
    sides = [
        _entries(path, f"{label} ({side})")
        for path, side in ((base, "base"), (ours, "ours"), (theirs, "theirs"))
    ]
    merged = [_merged(*(side.get(text) for side in sides)) for text in merged_order(*sides)]
    blocks = [_block(*both, size) for both in merged if both[0] is not None]
    write_bytes(ours, "\n".join(blocks).encode(), overwrite=True)
    clashes = sum(first != second for first, second in merged)
    if not clashes:
        return Outcome(CLEAN, ())
    texts = counted(clashes, "text")
    message = f"{label}: conflict in {texts} that both sides translated, each in its own way"
    return Outcome(CONFLICTS, (message,))


def _block(ours: po.Entry, theirs: po.Entry, size: int) -> str:
    if ours == theirs:
        return po.dumps(ours)
    return (
        f"{'<' * size} ours\n{po.dumps(ours)}{'=' * size}\n{po.dumps(theirs)}{'>' * size} theirs\n"
    )


def _entries(path: Path, name: str) -> _Entries:
    data = read_bytes(path, max_bytes=translations.MAX_BYTES)
    translations.parse(data, name)
    return {one.id: one._replace(line=0) for one in po.parse(data.decode("utf-8-sig"))}


def _merged(
    base: po.Entry | None, ours: po.Entry | None, theirs: po.Entry | None
) -> tuple[po.Entry, po.Entry] | tuple[None, None]:
    """Return the entry that both sides agree on, twice, or that of each; none where it is gone."""
    if ours is None or theirs is None:
        left = ours or theirs
        if left is None or (base is not None and left.text == base.text):
            return None, None
        return left, left
    before = base or ours._replace(text="", is_fuzzy=True, comments=())
    text = chosen(before.text, ours.text, theirs.text)
    if text is CLASH and ours.id:
        return ours, theirs
    by = theirs if text is not CLASH and text != ours.text else ours  # of two headers ours
    comments = chosen(before.comments, ours.comments, theirs.comments)
    one = by._replace(
        # Who reviewed one of two texts has not reviewed the other.
        is_fuzzy=chosen(before.is_fuzzy, ours.is_fuzzy, theirs.is_fuzzy)
        if ours.text == theirs.text
        else by.is_fuzzy,
        comments=_joined(ours.comments, theirs.comments) if comments is CLASH else comments,
        places=_joined(ours.places, theirs.places),
    )
    return one, one


def _joined(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*ours, *theirs)))
