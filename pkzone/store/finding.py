"""What verifying a catalogue tells of one thing that is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pkzone.errors import PkzoneError

__all__ = ["RESTORE", "RESTORE_MANIFEST", "Finding", "stated"]

RESTORE = "restore the file from a good copy"
RESTORE_MANIFEST = "restore the manifest from a good copy"


@dataclass(frozen=True)
class Finding:
    """Something wrong in a catalogue.

    Attributes
    ----------
    code : str
        What kind of thing: ``missing``, ``changed``, ``truncated``, ``renamed``, ``extra`` ...
    path : str
        Where, in the catalogue.
    message, remedy : str
        What was found, and how to mend it.
    severity : str
        ``error``, or ``warning`` for what does no harm.
    """

    code: str
    path: str
    message: str
    remedy: str
    severity: str = "error"

    def __str__(self) -> str:
        return f"{self.path}: {self.message}; {self.remedy}"


def stated(code: str, path: str, error: PkzoneError, root: Path) -> Finding:
    """Return an error as a finding: its text says what and, after the semicolon, the remedy."""
    text = str(error).removeprefix(f"{root}/").removeprefix(f"{path}: ")
    message, _, remedy = text.rpartition("; ")
    return Finding(code, path, message or text, remedy if message else RESTORE)
