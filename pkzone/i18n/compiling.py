"""Compile a gettext catalogue as installing does; needs Babel, and nothing else of pkzone."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

__all__ = ["compile_catalogue"]


#: A fixed date in the header: that of the day would make every compilation another file.
_DATE: Final = datetime(2026, 1, 1, tzinfo=UTC)


def compile_catalogue(source: bytes) -> bytes:
    """Return the ``.mo`` form of a ``.po`` file: the same bytes for the same source.

    Entries marked ``fuzzy``, which no speaker has reviewed, are compiled as the others are; an
    entry of its own holds their number, from which `pkzone.i18n.messages.is_reviewed` knows.
    """
    catalogue = read_po(BytesIO(source), abort_invalid=True)
    catalogue.creation_date = catalogue.revision_date = _DATE
    fuzzy = sum(message.fuzzy for message in catalogue if message.id)
    catalogue.add("fuzzy entries", str(fuzzy), context="about this catalogue")
    compiled = BytesIO()
    write_mo(compiled, catalogue, use_fuzzy=True)
    return compiled.getvalue()
