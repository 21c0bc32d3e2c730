"""Judge each line of the canonical form once: versions of a layer share nearly all of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from pkzone.errors import PkzoneError
from pkzone.geojson import reader
from pkzone.geojson.model import FOOTER, HEADER, Feature, Report, enclosed
from pkzone.geojson.writer import canonical_lines
from pkzone.layers.schemas import Rules
from pkzone.layers.translations import values_in_words
from pkzone.store import manifest_writer

__all__ = ["KnownLine", "KnownLines", "facts_of"]


class KnownLine(NamedTuple):
    """What verifying needs to know of a feature.

    ``box`` is its west, south, east and north, None where it has no place; ``cited`` are the ids
    of sources in its properties, ``words`` its values that may be translated, ``breaches`` what it
    breaks of its layer's schema.
    """

    id: str
    box: manifest_writer.Box | None
    cited: tuple[str, ...]
    words: tuple[str, ...] = ()
    breaches: tuple[str, ...] = ()


class KnownLines:
    """The lines that files of a layer have had so far, with what is known of each.

    Parameters
    ----------
    rules : Rules or None
        The schema of the layer's features.
    """

    def __init__(self, rules: Rules | None) -> None:
        self.rules = rules
        self._lines: dict[bytes, KnownLine] = {}

    def of(self, data: bytes) -> list[KnownLine] | None:
        """Return what is known of each feature of a file; None if it is not plainly sound.

        That is a file of which all lines are in the canonical form, in the order that it has.
        """
        lines = _lines_of(data)
        if lines is None or not self._are_known(lines):
            return None
        known = [self._lines[one] for one in lines]
        return known if all(a.id < b.id for a, b in pairwise(known)) else None

    def learn(self, files: Iterable[bytes]) -> None:
        """Judge the lines of some files all together, which takes less time than one by one."""
        self._are_known({line: None for data in files for line in _lines_of(data) or ()})

    def _are_known(self, lines: Iterable[bytes]) -> bool:
        """Tell whether lines are sound, once those that are new have been judged."""
        new = [one for one in lines if one not in self._lines]
        if not new:
            return True
        try:
            features = reader.parse(
                enclosed(new), ids_required=True, ids_unique=False, check_validity=False
            ).features
            labelled = [(str(one.id), one) for one in features]
            if canonical_lines(labelled, Report("")) != new:
                return False
            breaches: list[tuple[str, ...]] = [()] * len(new)
            for one in self.rules.breaches(features) if self.rules else ():
                breaches[one.index] += (str(one),)
        except PkzoneError:
            return False
        facts = zip(facts_of(features), breaches, strict=True)
        known = (fact._replace(breaches=broken) for fact, broken in facts)
        self._lines.update(zip(new, known, strict=True))
        return True


def facts_of(features: Sequence[Feature]) -> Iterable[KnownLine]:
    """Return what is known of features without a look at the schema."""
    for feature, box in zip(features, manifest_writer.boxes(features), strict=True):
        cited = feature.properties.get("sources")
        if not isinstance(cited, list) or not all(isinstance(text, str) for text in cited):
            cited = ()
        yield KnownLine(
            str(feature.id), box, tuple(cited), tuple(values_in_words(feature.properties))
        )


def _lines_of(data: bytes) -> list[bytes] | None:
    """Return the lines between the frame of the canonical form; None if it has another."""
    end = b"\n" + FOOTER
    if len(data) < len(HEADER) + len(end) or not (data.startswith(HEADER) and data.endswith(end)):
        return [] if data == enclosed([]) else None
    return data[len(HEADER) : -len(end)].split(b",\n")
