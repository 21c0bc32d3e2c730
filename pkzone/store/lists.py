"""Add records to the two lists that people edit, ``sources.json`` and ``events.json``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pkzone.errors import BadOption, CannotPublish, CatalogueError, did_you_mean
from pkzone.files.atomic import write_bytes
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.json_fields import MAX_JSON_BYTES, is_slug, read_bytes
from pkzone.store import transaction
from pkzone.store.guards import SLUG, changeable
from pkzone.store.ids import free_name, slug_of
from pkzone.store.list_text import inserted
from pkzone.store.manifest_writer import checked_text

__all__ = ["ADDED", "PRESENT", "Added", "Draft", "add", "checked", "one_of", "readable_id"]

ADDED, PRESENT = "added", "present"
_LONGEST_ID = 40


@dataclass(frozen=True)
class Added:
    """One record of ``sources.json`` or ``events.json``, and what was done.

    Attributes
    ----------
    id : str
        Its id, to be named by versions and events.
    record : mapping
        The record as it stands in the file, read-only.
    outcome : str
        ``added``, or ``present``: the list has this very record already.
    """

    id: str
    record: Mapping[str, Any]
    outcome: str


@dataclass(frozen=True)
class Draft:
    """A record that is checked but for what it names in the catalogue.

    ``members`` are all but its id, in their order; ``proposed`` is the id for one that has none.
    """

    id: str | None
    proposed: str
    members: Mapping[str, Any]


def add(
    catalogue: Catalogue | str | os.PathLike[str],
    which: str,
    draft: Draft,
    check: Callable[[Catalogue], None],
    *,
    dry_run: bool,
    lock_timeout: float,
) -> Added:
    """Insert a record at the end of a list, which otherwise stays byte for byte.

    Parameters
    ----------
    catalogue : Catalogue, str or os.PathLike
        The catalogue or its folder.
    which : str
        ``sources`` or ``events``.
    draft : Draft
        The record.
    check : callable
        Raises if the catalogue lacks what the record names.
    dry_run : bool
        Only say what would be added.
    lock_timeout : float
        Seconds to wait for another process that is changing the catalogue.

    Raises
    ------
    BadOption
        The id is not an id.
    CannotPublish
        The id is that of another record, or the record stands there under another id.
    CatalogueError, CatalogueLocked, OutputError
        The catalogue is damaged, in use, or cannot be written to. It is as it was before.
    """
    root = changeable(catalogue)
    if draft.id is not None and not is_slug(draft.id):
        raise BadOption(f"{draft.id!r} is not an id: write {SLUG}")
    with nullcontext() if dry_run else transaction.locked(root, timeout=lock_timeout):
        opened = Catalogue(root)
        getattr(opened, which)  # raises where it is no such list
        path = root / f"{which}.json"
        text = read_bytes(path, max_bytes=MAX_JSON_BYTES).decode()
        known = {str(one["id"]): one for one in json.loads(text)}
        check(opened)
        found = _present(draft, known, path)
        if found is not None:
            return Added(found, MappingProxyType(dict(known[found])), PRESENT)
        new = draft.id or free_name(draft.proposed, known)
        record = {"id": new, **draft.members}
        if not dry_run:
            _write(path, inserted(text, record).encode())
    return Added(new, MappingProxyType(record), ADDED)


def _present(draft: Draft, known: Mapping[str, Mapping[str, Any]], path: Path) -> str | None:
    """Return the id of a record that says the same; refuse what contradicts those that are there.

    One that is given no id may have any.
    """
    same = [name for name, one in known.items() if {**draft.members, "id": name} == dict(one)]
    if draft.id is None or draft.id in same:
        return draft.id or next(iter(same), None)
    if draft.id in known:
        raise CannotPublish(
            f"{path}: the id {draft.id} is that of another record; choose another id, or edit that "
            "record by hand"
        )
    if same:
        raise CannotPublish(f"{path}: the same record already exists as {same[0]}; name that one")
    return None


def _write(path: Path, data: bytes) -> None:
    if len(data) > MAX_JSON_BYTES:
        raise CatalogueError(f"{path}: would have more bytes than the {MAX_JSON_BYTES} expected")
    write_bytes(path, data, overwrite=True, follow_links=False)


def checked(what: str, text: str | None) -> str | None:
    """Return a text as `checked_text` does; none stays none."""
    return None if text is None else checked_text(text, what)


def one_of(what: str, word: str, words: Sequence[str]) -> str:
    """Return a word of a list.

    Raises
    ------
    BadOption
        It is not one of them; the message has the near one.
    """
    if word not in words:
        hint = did_you_mean(word, words)
        raise BadOption(f"{what} {word!r} is not known; {hint}choose from {', '.join(words)}")
    return word


def readable_id(names: Sequence[str | None], date: str | None) -> str:
    """Return an id of the first name that leaves one, and the date.

    Examples
    --------
    >>> readable_id(["Հայտարարություն", "OC Media"], "2024-05")
    'oc-media-2024-05'
    """
    slug = next(filter(None, (slug_of(one or "") for one in names)))
    if len(slug) > _LONGEST_ID:
        slug = slug[: _LONGEST_ID + 1].rpartition("-")[0] or slug[:_LONGEST_ID]
    return slug if date is None or slug.endswith(date) else f"{slug}-{date}"
