"""Scripts and styles without what only their readers need: a page counts its bytes.

Comments that fill whole lines, indents and empty lines go; everything else stays as it is
written. None of the files has a text that goes over several lines.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["slim"]

_COMMENT: Final = re.compile(r"^[ \t]*(//.*|/\*[^*\n]*\*/)\n", re.MULTILINE)
_INDENT: Final = re.compile(r"^[ \t]+|\n(?=\n)", re.MULTILINE)


def slim(text: str) -> str:
    """Return a script or stylesheet that does the same in fewer bytes."""
    return _INDENT.sub("", _COMMENT.sub("", text))
