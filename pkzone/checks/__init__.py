"""Check GeoJSON files by rules, and mend what needs no guess."""

from pkzone.checks.fix import Rewritten, canonical, check_in_place, mend
from pkzone.checks.rules import ERROR, RULES, WARNING, Rule
from pkzone.checks.run import Checked, Finding, check, check_file, layer_demands

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
