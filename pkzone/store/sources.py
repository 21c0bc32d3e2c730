"""Add a source to a catalogue, as a CSL-JSON record of ``sources.json``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date as Day  # noqa: N812 - the parameter has its name
from typing import Any
from urllib.parse import urlsplit

from pkzone.errors import BadOption, printable
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.dates import interval_of
from pkzone.layers.manifest import LANGUAGE_CODE
from pkzone.layers.terms import SOURCE_TYPES
from pkzone.store import lists, transaction
from pkzone.store.lists import Added, Draft, checked
from pkzone.store.manifest_writer import checked_text

__all__ = ["add_source"]

_LONGEST_URL = 2_000


def add_source(
    title: str,
    *,
    catalogue: Catalogue | str | os.PathLike[str],
    id: str | None = None,  # noqa: A002 - the word that CSL has for it
    url: str | None = None,
    date: str | Day | None = None,
    publisher: str | None = None,
    language: str | None = None,
    authors: Sequence[str] = (),
    type: str | None = None,  # noqa: A002 - likewise
    note: str | None = None,
    dry_run: bool = False,
    lock_timeout: float = transaction.TIMEOUT_S,
) -> Added:
    """Add a source to ``sources.json``, which otherwise stays byte for byte.

    Parameters
    ----------
    title : str
        Its title.
    catalogue : Catalogue, str or os.PathLike
        The catalogue or its folder.
    id : str, optional
        What versions and events name it by; without it one of the publisher, or else the title,
        and the date.
    url : str, optional
        Its address, http or https.
    date : str or datetime.date, optional
        When it was published: ``2024-05-01``, ``2024-05`` or ``2024``.
    publisher : str, optional
        Who published it.
    language : str, optional
        Code of its language, such as ``hy`` or ``pt-BR``.
    authors : sequence of str, optional
        Their names, as they are printed.
    type : str, optional
        Its type in CSL; without it ``webpage`` where it has an address, else ``document``.
    note : str, optional
        What else there is to say.
    dry_run : bool, optional
        Only return what would be added.
    lock_timeout : float, optional
        Seconds to wait for another process that is changing the catalogue.

    Returns
    -------
    Added
        The record; ``outcome`` is ``present`` where the list has it already, under this id or,
        where none is given, any.

    Raises
    ------
    BadOption, BadDate
        The address, language, type, id or date is none.
    CannotPublish
        A text is not a text, or the id is that of another record.
    CatalogueError, CatalogueLocked, OutputError
        The catalogue is damaged, in use, or cannot be written to. It is as it was before.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import pkzone
    >>> with TemporaryDirectory() as folder:
    ...     own = pkzone.init(folder, title="Buffer zone")
    ...     pkzone.add_source("Posts move", publisher="OC Media", date="2024-05", catalogue=own).id
    'oc-media-2024-05'
    """
    issued = None if date is None else str(Day.isoformat(date) if isinstance(date, Day) else date)
    if issued is not None:
        interval_of(issued)
    host = None if url is None else _host(url)
    if language is not None and not LANGUAGE_CODE.fullmatch(language):
        raise BadOption(f"language {printable(language)!r}: write a code such as en, fr or pt-BR")
    members: dict[str, Any] = {
        "type": lists.one_of(
            "the type", type or ("document" if url is None else "webpage"), SOURCE_TYPES
        ),
        "title": checked_text(title, "the title"),
        "author": [{"literal": checked_text(one, "an author")} for one in authors] or None,
        "publisher": checked("the publisher", publisher),
        "issued": issued and {"date-parts": [[int(part) for part in issued.split("-")]]},
        "URL": url,
        "language": language,
        "note": checked("the note", note),
    }
    draft = Draft(
        id,
        lists.readable_id([publisher, title, host, "source"], issued),
        {key: value for key, value in members.items() if value is not None},
    )
    return lists.add(
        catalogue, "sources", draft, lambda _: None, dry_run=dry_run, lock_timeout=lock_timeout
    )


def _host(url: str) -> str:
    """Return the host of an address of the web."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and (parts.port is None or parts.port > 0)
        host = (parts.hostname or "") if known else ""
    except ValueError:
        host = ""
    odd = not url.isprintable() or any(one.isspace() for one in url) or len(url) > _LONGEST_URL
    if odd or not any(map(str.isalnum, host)):
        raise BadOption(
            f"{printable(url)!r} is not an address; write it as https://example.org/page"
        )
    return host
