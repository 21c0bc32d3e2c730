"""Checking GeoJSON files by rules, and mending what can be mended without guessing."""

from pkzone.layers.check.checking import Checked, Finding, check, check_file
from pkzone.layers.check.demands import layer_demands
from pkzone.layers.check.mending import Rewritten, canonical, check_in_place, mend
from pkzone.layers.check.rules import ERROR, RULES, WARNING, Rule

__all__ = [
    "ERROR",
    "RULES",
    "WARNING",
    "Checked",
    "Finding",
    "Rewritten",
    "Rule",
    "canonical",
    "check",
    "check_file",
    "check_in_place",
    "layer_demands",
    "mend",
]
