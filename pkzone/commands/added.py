"""Say what was added to a list of a catalogue: its id on stdout, the rest on stderr."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pkzone.commands.output import deliver, emit, warn

if TYPE_CHECKING:
    from pkzone.store.lists import Added

__all__ = ["print_added"]


def print_added(added: Added, what: str, folder: str, *, dry_run: bool) -> None:
    """Print the id of a record that was added to a list, or the record that would be."""
    if dry_run:
        text = json.dumps(dict(added.record), ensure_ascii=False, indent=1)
        deliver(f"{text}\n", "-", overwrite=False)
    else:
        emit(added.id)
    if added.outcome == "present":
        warn(f"the {what} {added.id} already exists, with the same content: nothing to do")
    elif dry_run:
        warn("nothing was written (--dry-run)")
    else:
        warn(f"added the {what} {added.id} to {folder}/{what}s.json")
