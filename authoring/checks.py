"""Checks of the facts: each kind of fault that the build refuses, as one function.

A check yields a `Fault` for everything that breaks its rule. A fault that is meant stands in
``facts/exceptions.csv`` with the reason; an exception that no fault needs is a fault itself.
"""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from pyproj import Geod
from shapely.geometry import Point, shape

from authoring.names import Names
from authoring.states import FactsError, Version
from pkzone.layers.terms import EVENT_KINDS, TRAFFIC

GEOD = Geod(ellps="WGS84")
LENGTH_MARGIN = 0.02  # a drawing on the ellipsoid against a length printed in whole km
LENGTH_MARGIN_KM = 0.5
MOST_ALIKE = 5  # notes word for word the same
SIDES = ("azerbaijan", "armenia", "karabakh", "russia", "third", "joint")
BASE = ("boundaries", "physical")  # base drawing: no statement of anybody
EDITORS_TALK = ("to be verified", "ours", "earlier record", "whose point is used", "is taken")
SEARCHED = re.compile(
    r"\bno (?:report|source|page)\b[^.]*\b(?:known|found)\b|\bnot reported\b|\bnot established\b",
    re.IGNORECASE,
)
POINT_OF_STATEMENT = re.compile(r"\bpoint (\d) of the statement|\(point (\d)\)")
SCRIPTS = {"az": "LATIN", "hy": "ARMENIAN", "ru": "CYRILLIC"}
# Forms that stand alone by rule: names of documents and institutions, and heights.
LONE_ALLOWED = (
    "Lachin corridor", "Lachin road", "Lachin and the Aghdam roads", "Lachin checkpoint",
    "Lachin border checkpoint", "Lachin International Airport", "Lachin airport", "Saribaba",
    "Buzdukh", "Verin Taghavard", "Nerkin Taghavard",
)  # fmt: skip

Table = Mapping[str, Any]


class Fault(NamedTuple):
    """What breaks which rule, and where: file, row and reason."""

    rule: str
    where: str
    reason: str


@dataclass(frozen=True)
class Facts:
    """Everything that is checked.

    Attributes
    ----------
    tables : mapping
        The tables of the layers as written, by layer: names are still references.
    versions : mapping
        What was built from them, by layer, oldest version first.
    events, sources : sequence of mapping
        The two lists; names of places are filled in.
    names : Names
        The table of names.
    points : mapping
        (lon, lat, uncertainty in metres) of every place and node that links may name.
    where, sizes, publishers : sequence of mapping
        ``facts/where.csv``, ``facts/sizes.csv`` and ``facts/publishers.csv``: known places,
        published sizes and the side that each publisher stands on.
    """

    tables: Mapping[str, Table]
    versions: Mapping[str, Sequence[Version]]
    events: Sequence[Mapping[str, Any]]
    sources: Sequence[Mapping[str, Any]]
    names: Names
    points: Mapping[str, tuple[float, float, float]]
    where: Sequence[Mapping[str, str]]
    sizes: Sequence[Mapping[str, str]]
    publishers: Sequence[Mapping[str, str]]

    def states(self) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
        """Yield where it stands, the feature's entry and the state, of every state."""
        for layer, table in self.tables.items():
            for entry in table["features"]:
                for state in entry["states"]:
                    if not state.get("ends"):
                        yield f"{layer}/{entry['id']}@{state['from']}", entry, state

    def drawn(self, layer: str) -> Iterator[tuple[str, Mapping[str, Any], Any]]:
        """Yield where it stands, properties and geometry of a layer's features, each once."""
        seen = set()
        for version in self.versions[layer]:
            for feature in version.features:
                key = (feature.id, json.dumps(feature.geometry))
                if key not in seen:
                    seen.add(key)
                    yield f"{layer}/{feature.id}", feature.properties, shape(feature.geometry)


def lines_longer_than_published(facts: Facts) -> Iterator[Fault]:
    """Find drawn lines longer than the published length, which no generalised line can be."""
    for layer in ("corridor", "transport"):
        for where, properties, line in facts.drawn(layer):
            published_km = properties["length_published_km"]
            if published_km and line.geom_type != "Point":
                drawn_km = GEOD.geometry_length(line) / 1000
                if drawn_km > published_km * (1 + LENGTH_MARGIN) + LENGTH_MARGIN_KM:
                    reason = f"drawn {drawn_km:.1f} km, published {published_km:g} km"
                    yield Fault("length", _drawn_in(where, properties), reason)


def areas_off_their_published_size(facts: Facts) -> Iterator[Fault]:
    """Find areas that differ from their published size by more than ``sizes.csv`` allows."""
    sizes = {(row["layer"], row["feature"]): row for row in facts.sizes}
    found = set()
    for layer in sorted({layer for layer, _ in sizes}):
        for where, _, area in facts.drawn(layer):
            row = sizes.get((layer, where.split("/")[1]))
            if row:
                found.add((layer, where.split("/")[1]))
                drawn, published = (
                    abs(GEOD.geometry_area_perimeter(area)[0]) / 1e6,
                    float(row["km2"]),
                )
                if abs(drawn - published) > published * float(row["tolerance_percent"]) / 100:
                    reason = f"drawn {drawn:.0f} km2, published {published:g} km2"
                    yield Fault("size", where, reason)
    for layer, feature in sorted(set(sizes) - found):
        yield Fault("size", f"{layer}/{feature}", "sizes.csv names it, and it is not drawn")


def ends_off_their_places(facts: Facts) -> Iterator[Fault]:
    """Find lines whose end is farther from the place it is named for than they may be off."""
    for layer in ("corridor", "transport"):
        for where, properties, line in facts.drawn(layer):
            if line.geom_type == "Point":
                continue
            for key, vertex in (("from_place", line.coords[0]), ("to_place", line.coords[-1])):
                place = properties.get(key)
                if place not in facts.points:
                    yield Fault("ends", where, f"{key} {place!r} is not a place and no node")
                    continue
                lon, lat, off_m = facts.points[place]
                apart_m = GEOD.inv(vertex[0], vertex[1], lon, lat)[2]
                if apart_m > properties["uncertainty_m"] + off_m:
                    reason = f"{key}: ends {apart_m / 1000:.1f} km from {place}"
                    yield Fault("ends", _drawn_in(where, properties), reason)


def places_on_the_wrong_side(facts: Facts) -> Iterator[Fault]:
    """Find places of ``where.csv`` that are not in the part that they were in on a date."""
    for row in facts.where:
        where = f"where.csv {row['place']} {row['date']} {row['layer']}"
        if row["lon"]:
            point = Point(float(row["lon"]), float(row["lat"]))
        elif row["place"] in facts.points:
            point = Point(facts.points[row["place"]][:2])
        else:
            yield Fault("where", where, "is not a place and no node, and has no coordinates")
            continue
        held = [one for one in facts.versions.get(row["layer"], ()) if one.id <= row["date"]]
        if not held:
            yield Fault("where", where, "no version of the layer holds then")
            continue
        inside = {str(f.id) for f in held[-1].features if shape(f.geometry).contains(point)}
        if inside != set(row["part"].split()):
            reason = (
                f"lies in {', '.join(sorted(inside)) or 'none'}, not in {row['part'] or 'none'}"
            )
            yield Fault("where", where, reason)


def facts_told_differently(facts: Facts) -> Iterator[Fault]:
    """Find what two features or events tell of one subject in two ways.

    Compared are the point of the statement that a district was handed over under, and the
    number of posts in a state and in the title of the event of its day.
    """
    points: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for where, entry, state in facts.states():
        for found in POINT_OF_STATEMENT.finditer(state.get("note") or ""):
            subject = entry["id"].removesuffix("-district")
            points[subject][found[1] or found[2]].add(where)
    for subject, told in sorted(points.items()):
        if len(told) > 1:
            tales = "; ".join(
                f"point {n} in {', '.join(sorted(w))}" for n, w in sorted(told.items())
            )
            yield Fault("told-twice", subject, tales)
    titles = {event["date"]: event["title"] for event in facts.events if "posts" in event["id"]}
    for where, _, state in facts.states():
        total, title = state.get("posts_total"), titles.get(state["from"], "")
        stated = re.match(r"(?:Still )?(\d+) observation posts", title)
        if total and stated and int(stated[1]) != total:
            yield Fault("told-twice", where, f"{total} posts, and its event says {title!r}")


def events_without_version(facts: Facts) -> Iterator[Fault]:
    """Find events that no version names and that are not marked as context, and the reverse."""
    named = {event for versions in facts.versions.values() for v in versions for event in v.events}
    for event in facts.events:
        marked = event.get("context", False)
        if (event["id"] in named) == marked:
            reason = "a version names it" if marked else "no version names it; mark it as context"
            yield Fault("context", f"events/{event['id']}", reason)
    for layer, versions in facts.versions.items():
        for version in versions:
            if not version.events:
                yield Fault("context", f"{layer}@{version.id}", "names no event")


def certainty_beyond_its_sources(facts: Facts) -> Iterator[Fault]:
    """Find what is called agreed or corroborated on the sources of one side alone."""
    by_id = {source["id"]: source for source in facts.sources}
    stated = [(w, s) for w, _, s in facts.states() if w.split("/")[0] not in BASE]
    stated += [(f"events/{event['id']}", event) for event in facts.events]
    for where, one in stated:
        sources = [by_id[source] for source in one["sources"] if source in by_id]
        sides = {source.get("side") or "no side" for source in sources}
        publishers = {
            source.get("container-title") or source.get("publisher") for source in sources
        }
        both = "joint" in sides or ("azerbaijan" in sides and sides & {"armenia", "karabakh"})
        several = len(publishers) > 1 and (len(sides) > 1 or sides == {"third"})
        if one["certainty"] == "agreed" and not both:
            yield Fault("certainty", where, f"agreed on {', '.join(sorted(sides))} alone")
        if one["certainty"] == "corroborated" and not (several or "joint" in sides):
            yield Fault("certainty", where, f"corroborated on {', '.join(sorted(sides))} alone")
    for source in facts.sources:
        if source.get("side") not in SIDES:
            yield Fault("certainty", f"sources/{source['id']}", "has none of the sides")


def sides_off_the_table(facts: Facts) -> Iterator[Fault]:
    """Find sources whose side is not that of their publisher in ``publishers.csv``.

    The texts that the parties signed together are joint, wherever they are printed.
    """
    rows = {row["publisher"]: row for row in facts.publishers}
    named = set()
    for source in facts.sources:
        where = f"sources/{source['id']}"
        publisher = source.get("container-title") or source.get("publisher") or ""
        named.add(publisher)
        if publisher not in rows:
            yield Fault("side", where, f"publishers.csv has no row for {publisher!r}")
            continue
        row = rows[publisher]
        side = "joint" if source["id"] in row["signed_texts"].split() else row["side"]
        if source.get("side") != side:
            yield Fault("side", where, f"side is {source.get('side')}, publishers.csv says {side}")
    for publisher in sorted(set(rows) - named):
        yield Fault("side", f"publishers.csv {publisher}", "no source names it; take it out")


def absences_without_a_search(facts: Facts) -> Iterator[Fault]:
    """Find notes that say that nothing is known and not when it was looked for."""
    for where, _, state in facts.states():
        if SEARCHED.search(state.get("note") or "") and not state.get("looked_on"):
            yield Fault("absence", where, "says that nothing is known without looked_on")


def notes_repeated(facts: Facts) -> Iterator[Fault]:
    """Find notes that stand word for word in more than five states."""
    counts = Counter(state["note"] for _, _, state in facts.states() if state.get("note"))
    for note, count in counts.items():
        if count > MOST_ALIKE:
            yield Fault("repeated", note[:60], f"stands {count} times")


def editors_talk(facts: Facts) -> Iterator[Fault]:
    """Find the talk of editors in texts that ship."""
    for where, text in _texts(facts):
        for phrase in EDITORS_TALK:
            if re.search(rf"\b{phrase}\b", text):
                yield Fault("talk", where, f"says {phrase!r}")


def names_outside_the_table(facts: Facts) -> Iterator[Fault]:
    """Find lone forms where two are in use, letters of another script, and text not in NFC."""
    forms = {
        form
        for row in facts.names.rows.values()
        if row["en_2"] and row["kind"] not in ("water", "height")
        for form in (row["en"], row["en_2"])
    }
    lone = re.compile(rf"(?<![\w/])(?:{'|'.join(sorted(map(re.escape, forms)))})(?!\w)")
    pairs = sorted({facts.names.of(key, "en") for key in facts.names.rows}, key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, [*pairs, *LONE_ALLOWED])))
    for where, text in _texts(facts):
        if found := lone.search(known.sub("", text)):
            yield Fault("names", where, f"{found[0]!r} stands alone; two forms are in use")
        if unicodedata.normalize("NFC", text) != text:
            yield Fault("names", where, "is not in Unicode's composed form (NFC)")
    for layer, versions in facts.versions.items():
        for feature in {one.id: one for v in versions for one in v.features}.values():
            for language, script in SCRIPTS.items():
                text = feature.properties.get(f"name_{language}") or ""
                if odd := sorted(set(_other_letters(text, script))):
                    reason = f"name_{language} has letters of another script: {' '.join(odd)}"
                    yield Fault("names", f"{layer}/{feature.id}", reason)


def words_outside_their_list(facts: Facts) -> Iterator[Fault]:
    """Find kinds of events and traffic that are no words of their lists, and traffic beside none.

    A schema holds what is built to the other lists; events have none, and of traffic the build
    takes the words that it knows.
    """
    kinds = {one.word for one in EVENT_KINDS}
    for event in facts.events:
        if event.get("kind") not in kinds:
            yield Fault("words", f"events/{event['id']}", f"no kind of event: {event.get('kind')}")
    known = {one.word for one in TRAFFIC}
    for where, _, state in facts.states():
        traffic = state.get("traffic", {})
        for word in traffic:
            if word not in known:
                yield Fault("words", where, f"no traffic: {word}")
            if not traffic[word]:
                yield Fault("words", where, f"traffic {word} has no source")
        if "none" in traffic and len(traffic) > 1:
            yield Fault("words", where, "traffic none stands beside other words")


CHECKS: tuple[Callable[[Facts], Iterator[Fault]], ...] = (
    lines_longer_than_published, areas_off_their_published_size, ends_off_their_places,
    places_on_the_wrong_side, facts_told_differently, events_without_version,
    certainty_beyond_its_sources, sides_off_the_table, absences_without_a_search, notes_repeated,
    editors_talk, names_outside_the_table, words_outside_their_list,
)  # fmt: skip


def refuse(facts: Facts, exceptions: Iterable[Mapping[str, str]]) -> None:
    """Refuse facts that break a rule, but for the exceptions that are listed with a reason.

    Raises
    ------
    FactsError
        One line a fault: rule, where, reason.
    """
    listed = {(row["rule"], row["where"]): row["reason"] for row in exceptions}
    faults = [fault for check in CHECKS for fault in check(facts)]
    needed = {(fault.rule, fault.where) for fault in faults}
    lines = [
        f"{fault.rule}: {fault.where}: {fault.reason}"
        for fault in faults
        if (fault.rule, fault.where) not in listed
    ]
    lines += [
        f"exceptions.csv: {rule} {where}: no fault needs it; take it out"
        for rule, where in listed
        if (rule, where) not in needed
    ]
    if lines:
        raise FactsError("\n".join(lines))


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table in CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _drawn_in(where: str, properties: Mapping[str, Any]) -> str:
    """Return what names a line to whoever drew it: the file of one that was handed in."""
    handed_in = properties.get("geometry_basis") == "digitised"
    return f"lines/{where.split('/')[1]}.geojson" if handed_in else where


def _texts(facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield every English text that ships, with where it stands; the names are filled in."""
    for layer, versions in facts.versions.items():
        for before, after in pairwise([None, *versions]):
            assert after is not None
            yield f"{layer}@{after.id}", after.title
            old = {} if before is None else {one.id: one for one in before.features}
            for feature in after.features:
                if feature != old.get(feature.id):
                    for key in ("name", "note"):
                        yield f"{layer}/{feature.id}@{after.id}", feature.properties.get(key) or ""
    for event in facts.events:
        for key in ("title", "summary", "note"):
            yield f"events/{event['id']}", event.get(key) or ""


def _other_letters(text: str, script: str) -> Iterator[str]:
    for letter in re.sub(r"\b(?:TRIPP|M ?\d+|Մ\d+)\b", "", text):
        if letter.isalpha() and script not in unicodedata.name(letter, ""):
            yield letter
