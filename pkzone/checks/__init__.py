"""Check GeoJSON files by rules, and mend what needs no guess."""

from pkzone.checks.files import CheckResult, check, check_file, layer_demands
from pkzone.checks.fix import Rewritten, canonical, check_in_place, fmt, mend
from pkzone.checks.rules import ERROR, RULES, WARNING, Rule
from pkzone.checks.run import Checked, Finding, check_text

__all__ = [
    "ERROR",
    "RULES",
    "WARNING",
    "CheckResult",
    "Checked",
    "Finding",
    "Rewritten",
    "Rule",
    "canonical",
    "check",
    "check_file",
    "check_in_place",
    "check_text",
    "fmt",
    "layer_demands",
    "mend",
]
