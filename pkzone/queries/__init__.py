"""Answer questions of a catalogue: series, events, what was at a place, what was passable."""

from typing import Final

GROUPS: Final = ("kind", "status", "controller", "route")
"""The properties that a series can be split by."""
