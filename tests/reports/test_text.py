"""The text and Markdown reports: what a reader sees."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pkzone
from pkzone.compare.result import (
    Change,
    Diff,
    Evidence,
    Gap,
    PropertyChange,
    PublishedLength,
)
from pkzone.errors import printable
from pkzone.reports import render
from pkzone.reports.changes import geometry_sentences
from pkzone.reports.properties import property_rows
from pkzone.reports.text import render_diff
from pkzone.reports.values import ABSENT, Rounding, compass, percent, position, told_apart
from pkzone.text_layout import escaped_markdown, paragraph
from tests.helpers import drawn_diffs, small_features

CORRIDOR = """\
corridor: 1 December 2020 → 30 August 2022
  before  corridor@2020-12-01, the version of 17 November 2020
  after   corridor@2022-08-30

Between 1 December 2020 and 30 August 2022, the route a-b no longer uses part of
its road (km 30.0-47.2, Berdzor / Lachin) and follows a different road instead:
20.5 km as drawn; length on the ground not known. No longer used: 17.2 km as
drawn; length on the ground not known. Unchanged: 30.0 km as drawn; length on
the ground not known. The whole route before: 80 km according to sources
[bbc-2020]; 47.2 km as drawn. Now: 50.5 km as drawn; length on the ground not
known. Difference as drawn: +3.3 km. 1 place is now within reach of the route
(Hin Shen / Kichik Galadarasi). 2 places are no longer within reach of the route
(Berdzor / Lachin; Sus). 1 feature was added (The bypass) and 1 modified
(Berdzor / Lachin); 2 are unchanged.

Route a-b
  published length  80 km [bbc-2020] → not known
  drawn length      47.2 km → 50.5 km (+3.3 km)
  farthest apart    5.6 km
  status            Berdzor / Lachin: open → former near Berdzor / Lachin since
                    2022-08-30

  stretch         km before   km after  published    drawn  near
  unchanged        0.0-30.0   0.0-30.0  not known  30.0 km  Khankendi /
                                                            Stepanakert; Zarisli
  no longer used  30.0-47.2          -  not known  17.2 km  Berdzor / Lachin
  new                     -  30.0-50.5  not known  20.5 km  Hin Shen / Kichik
                                                            Galadarasi

Added (1)
  The bypass
      20.5 km, open since 2022-08-30, agreed, ± 1,500 m
      see event 2

Modified (1)
  Berdzor / Lachin
      status: open → former
      since: 2020-11-17 → 2022-08-30
      sources: new: three; no longer: one
      see event 2

What is affected
  now within reach of the route a-b (1): Hin Shen / Kichik Galadarasi
  no longer within reach of the route a-b (2): Berdzor / Lachin; Sus

Why: events in between
  1  2022-08     The day is agreed [two]
  2  2022-08-30  Traffic moves to the new road [two, three]

Notes
  - Tolerance 25 m: lines closer together than that count as the same.
  - What changed is drawn with a stated uncertainty of up to 1,500 m; lengths
    and areas are measured on the drawing and rounded accordingly; sums may
    differ by the last digit.
  - Lengths according to sources are lengths on the ground: of a whole route
    where a source states it, otherwise the sum of its segments where each has
    one (in brackets: the sources they cite). A drawn line cuts corners and
    comes out shorter; a schematic one consists of straight lines between known
    points. Differences are given only between lengths of the same kind.
  - Sources are named by publisher and date; the command 'pkzone sources' lists
    them in full.
  - The published length is that of the old road.
"""


def test_the_whole_report() -> None:
    assert render_diff(drawn_diffs.corridor()) == CORRIDOR


@pytest.mark.parametrize("width", [60, 72, 100, 160])
def test_a_report_fits_its_width(width: int) -> None:
    for make in (drawn_diffs.corridor, drawn_diffs.zone, drawn_diffs.every_kind):
        assert max(map(len, render_diff(make(), width=width).splitlines())) <= width


def test_headings_can_be_set_off() -> None:
    text = render_diff(drawn_diffs.corridor(), strong=lambda heading: f"<{heading}>")
    assert "\n<Route a-b>\n" in text
    assert re.sub("[<>]", "", text) == CORRIDOR


def first_words(diff: Diff) -> str:
    """Return the sentences of a report in one line."""
    return render_diff(diff).split("\n\n")[1].replace("\n", " ")


def test_no_difference() -> None:
    assert first_words(drawn_diffs.same()) == "No difference: 3 features, the same on both sides."


def test_ground_gained() -> None:
    assert first_words(drawn_diffs.zone()) == (
        "Between 10 November 2020 and 30 August 2022, the area of the layer zone went from "
        "96 km² to 192 km²: 96 km² new. 1 feature was modified (Core); "
        "1 is unchanged."
    )


def test_the_later_side_may_come_first() -> None:
    diff = drawn_diffs.zone()
    text = first_words(replace(diff, base=diff.target, target=diff.base))
    assert text.startswith("From 30 August 2022 back to 10 November 2020, the area")


def test_a_redrawing_is_called_one() -> None:
    assert (
        "1 change of shape or place is smaller than the stated uncertainty and may be only a "
        "redrawing."
    ) in first_words(drawn_diffs.every_kind())


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"length_base_m": 0.0, "kept_m": 0.0, "kept_target_m": 0.0},
            "the route a-b came into use: 50.5 km as drawn; length on the ground not known.",
        ),
        (
            {"length_target_m": 0.0, "kept_m": 0.0, "kept_target_m": 0.0},
            "the route a-b went out of use: 80 km according to sources [bbc-2020]; "
            "47.2 km as drawn.",
        ),
        (
            {"removed_m": 0.0, "added_m": 0.0},
            "the route a-b kept its course, but its status changed: open → former near "
            "Berdzor / Lachin since 2022-08-30.",
        ),
        (
            {"removed_m": 0.0, "added_m": 0.0, "status_changes": ()},
            "the route a-b kept its course.",
        ),
        (
            {"added_m": 0.0, "length_target_m": 30_000.0},
            "the route a-b no longer uses part of its road (km 30.0-47.2, Berdzor / "
            "Lachin), with no "
            "replacement: 17.2 km as drawn; length on the ground not known. Unchanged: 30.0 km "
            "as drawn; length on the ground not known. The whole route before: 80 km according "
            "to sources [bbc-2020]; 47.2 km as drawn. Now: 30.0 km as drawn; length on the ground "
            "not known. Difference as drawn: -17.2 km.",
        ),
        (
            {"removed_m": 0.0, "length_base_m": 30_000.0},
            "the route a-b was extended (km 30.0-50.5, Hin Shen / Kichik Galadarasi): 20.5 km as "
            "drawn; length on the ground not known. Unchanged: 30.0 km as drawn; length on the "
            "ground not known. The whole route before: 80 km according to sources "
            "[bbc-2020]; 30.0 km "
            "as drawn. Now: 50.5 km as drawn; length on the ground not known. Difference as "
            "drawn: +20.5 km.",
        ),
    ],
)
def test_what_became_of_a_route(changes: dict[str, object], expected: str) -> None:
    diff = drawn_diffs.corridor()
    route = replace(diff.routes[0], **changes)  # type: ignore[arg-type]
    assert f", {expected}" in first_words(replace(diff, routes=(route,)))


def test_a_restriction_is_told_beside_a_new_course() -> None:
    diff = drawn_diffs.corridor()
    route = diff.routes[0]
    blocked = replace(
        route.status_changes[0],
        target="restricted",
        since="2022-12-12",
        note="the parties differ; see sources",
    )
    route = replace(route, status_changes=(blocked, *route.status_changes))
    told = first_words(replace(diff, routes=(route,)))
    assert (
        "+3.3 km. Status: open → restricted near Berdzor / Lachin since 2022-12-12 "
        "(the parties differ; see sources). 1 place"
    ) in told


def with_route(diff: Diff, **changes: Any) -> Diff:
    return replace(diff, routes=(replace(diff.routes[0], **changes),))


def test_a_road_that_only_has_another_status_is_not_lost() -> None:
    diff = drawn_diffs.corridor()
    kept, removed, _ = diff.routes[0].sections
    closed = replace(diff.routes[0].status_changes[0], base="restricted", target="closed")
    told = first_words(
        with_route(
            diff,
            added_m=0.0,
            length_target_m=30_000.0,
            sections=(kept, replace(removed, restated=True)),
            status_changes=(closed,),
        )
    )
    assert (
        "part of the route a-b is no longer in use (km 30.0-47.2, Berdzor / Lachin): 17.2 km as "
        "drawn; length on the ground not known. The road is the same, its status changed: "
        "restricted → closed near Berdzor / Lachin since 2022-08-30. Unchanged: "
    ) in told
    assert "lost" not in told


def test_the_sources_come_first_and_the_drawing_beside_them() -> None:
    """The bypass of 2022: 21.3 + 4.7 km by the sources, straight lines on the map."""
    diff = drawn_diffs.sourced()
    told = first_words(diff)
    length = "26.0 km according to sources; about 20 km as drawn, all of it schematic"
    assert f"follows a different road instead: {length}. No longer used: 17.2 km as drawn" in told
    assert (
        "Now: about 50 km as drawn, 20 km of it schematic; length on the ground not known. 1 place"
    ) in told
    text = " ".join(render_diff(diff, width=100).split())
    assert "new - 30-50 26.0 km 20 km Hin Shen" in text
    assert "drawn length 47.2 km → 50 km of it schematic none → 20 km farthest" in text
    assert "- New, 26.0 km: 21.3 km (new-az) + 4.7 km (connector) [one, two]" in text
    assert "+3.3 km" not in text


def test_published_lengths_are_subtracted_from_each_other_only() -> None:
    diff = drawn_diffs.corridor()
    summed = drawn_diffs.sourced().routes[0].sections[-1].published
    both = {"published_base": PublishedLength(24, "24 km"), "published_target": summed}
    text = " ".join(render_diff(with_route(diff, **both), width=100).split())
    assert "Difference according to sources: +2 km." in text
    assert "published length 24 km → 26.0 km (+2 km) drawn length 47.2 km" in text
    about = both | {"published_base": PublishedLength(80, "more than 80 km", ("two",))}
    text = " ".join(render_diff(with_route(diff, **about), width=100).split())
    assert "Difference according to sources" not in text


@pytest.mark.parametrize(
    ("certain", "relation", "expected"),
    [
        (False, "reach", "2 places may no longer be within reach of the route (Berdzor / Lachin; "),
        (True, "corridor", "2 places are no longer in the corridor (Berdzor / Lachin; Sus)."),
        (False, "inside", "1 place may now be inside the area (Hin Shen / Kichik Galadarasi)."),
    ],
)
def test_what_is_within_the_uncertainty_is_told_as_a_possibility(
    certain: bool, relation: str, expected: str
) -> None:
    diff = drawn_diffs.corridor()
    affected = tuple(replace(one, certain=certain, relation=relation) for one in diff.affected)
    assert expected in first_words(replace(diff, affected=affected))


def test_links_end_at_places_and_not_at_their_ids() -> None:
    ends = {
        "from_place": PropertyChange(None, "km36", in_base=False),
        "to_place": PropertyChange("x", "y"),
    }
    change = Change("p", "modified", (), (), aspects=("properties",), properties=ends)
    rows = property_rows(change, {"km36": "km 36"})
    assert [(name, str(old), str(new)) for name, _, old, new in rows] == [
        ("from_place", "not stated", "km 36"),
        ("to_place", "x", "y"),
    ]


def test_a_correction_is_called_one() -> None:
    diff = drawn_diffs.corridor()
    sides = [
        replace(diff.base, ref=f"corridor@2020-11-17 record {number}", sha256=str(number) * 64)
        for number in (1, 2)
    ]
    told = first_words(replace(diff, base=sides[0], target=sides[1]))
    assert told.startswith(
        "As corrected from 2020-11-17 record 1 to 2020-11-17 record 2, the route a-b no longer"
    )


def test_published_lengths_as_the_source_has_them_and_gaps() -> None:
    diff = drawn_diffs.corridor()
    stated = PublishedLength(80, "more than 80 km", ("two",))
    gap = Gap(30_000.0, 312.0, (46.0, 39.5), (46.0, 39.51), "old", "new")
    route = replace(diff.routes[0], published_base=stated, gaps_target=(gap,))
    text = render_diff(replace(diff, routes=(route,)), width=100)
    assert "  published length  more than 80 km [two] → not known\n" in text
    assert (
        "- The drawn route a-b, as it is now, has a gap of 312 m at km 30.0, behind old; it is "
        "not counted in the length."
    ) in " ".join(text.split())


def test_statuses_are_counted_where_there_is_no_route() -> None:
    diff = replace(drawn_diffs.corridor(), routes=())
    assert first_words(diff).endswith("Status: open → former (1).")


@pytest.mark.parametrize(
    ("feature_id", "expected"),
    [
        (1, ["20.5 km"]),
        (2, ["17.2 km"]),
        ("v", ["same shape, drawn with other points"]),
        ("r", ["same line, drawn in the opposite direction"]),
        (
            "d",
            [
                "redrawn within the tolerance: at most 18 m off",
                "smaller than the stated uncertainty of 1,500 m: possibly only a redrawing",
            ],
        ),
        ("m", ["moved 8.66 km to the east"]),
        (
            "o",
            [
                "rerouted: 17.2 km of the old line is no longer used, 20.5 km is new; 2.8 km apart "
                "on average, 5.6 km at most at 39.450° N 46.100° E; length 17.2 km → 20.5 km "
                "(+3.3 km)"
            ],
        ),
        ("s", ["split into s1 and s2"]),
        ("g", ["merged from g1 and 7"]),
        ("n", ["now has the id n2"]),
    ],
)
def test_what_happened_to_a_geometry(feature_id: str | int, expected: list[str]) -> None:
    changes = {one.id: one for one in drawn_diffs.every_kind().changes}
    assert list(map(str, geometry_sentences(changes[feature_id]))) == expected


def test_a_line_that_only_grew_or_shrank_has_no_part_of_0_m() -> None:
    short, long = (
        small_features.one("", small_features.line((46, 40), (46, 40.1), *more))
        for more in ((), ((46, 40.2),))
    )
    for sides, expected in (
        ((short, long), r"rerouted: [\d.]+ km is new; [^;]* apart on average"),
        (
            (long, short),
            r"rerouted: [\d.]+ km of the old line is no longer used; [^;]* apart on",
        ),
    ):
        found = pkzone.diff(*map(small_features.features, sides))
        (sentence,) = geometry_sentences(found.changes[0])
        assert re.match(expected, str(sentence))
        assert '\n  ""\n' in render_diff(found)  # an id that is empty is no empty line


def test_parts_that_make_up_the_whole() -> None:
    for kind, others in (("split", {"parts": ("a", "b")}), ("merged", {"parents": ("a", "b")})):
        change = Change("w", kind, (), (), geometry_class="revertexed", **others)
        assert str(list(geometry_sentences(change))[1]) == "together the same shape"


def test_a_geometry_that_came_or_became_another_type() -> None:
    nowhere = drawn_diffs.Feature("p", {}, None)
    somewhere = drawn_diffs.point("p", 46, 39)
    road = drawn_diffs.line("p", drawn_diffs.ROAD)
    for base, target, told in (
        (nowhere, somewhere, "no geometry → Point"),
        (somewhere, road, "Point → LineString"),
    ):
        change = Change(
            "p", "modified", (base,), (target,), aspects=("geometry",), evidence=Evidence()
        )
        assert list(map(str, geometry_sentences(change))) == [told]


LONG = (
    "A text that is longer than two lines of a report would have room for beside another one, "
    "as notes are."
)


FORM = "only the Unicode form of the text differs"
BLANKS = "only blanks or invisible characters differ"
SCRIPT = "only letters of another script that look alike differ"


@pytest.mark.parametrize(
    ("base", "target", "expected"),
    [
        ("a", "b", ("a", "b")),
        (None, "b", ("null", "b")),
        ("a", None, ("a", "null")),
        (ABSENT, "b", ("not stated", "b")),
        ("a", ABSENT, ("a", "not stated")),
        (["civilian"], ABSENT, ("civilian", "not stated")),
        (ABSENT, ["aid", "none"], ("not stated", "aid, none")),
        (1, 2.5, ("1", "2.5")),
        (True, False, ("true", "false")),
        ("", "b", ('""', "b")),
        (["a", "b"], ["b", "c"], ("", "new: c; no longer: a")),
        (["a", "b"], ["b", "a"], ("", "in another order")),
        ("a", LONG, ("", LONG)),
        (LONG, None, (LONG, "null")),
        (LONG, ABSENT, (LONG, "not stated")),
        ({"k": "Բ"}, 1, ('{"k": "Բ"}', "1")),
        # What would print alike: the types of JSON,
        (1, "1", ("1", '"1" (number → text)')),
        (True, "true", ("true", '"true" (boolean → text)')),
        (None, "null", ("null", '"null" (null → text)')),
        (ABSENT, "not stated", ("not stated", '"not stated" (no property → text)')),
        (ABSENT, "none", ("not stated", "none")),
        (["a"], "a", ('["a"]', '"a" (list → text)')),
        (ABSENT, None, ("not stated", "null")),
        ("", '""', ('""', '"\\"\\""')),
        ([1], ["1"], ("[1]", '["1"]')),
        (["a", "a"], ["a"], ("a, a", "a")),
        (["a", "a", "b"], ["a", "b", "b"], ("a, a, b", "a, b, b")),
        ([1, 2], [2.0, 1], ("", "in another order")),
        # Unicode forms (UAX 15: Å is canonically both A + ring and the angstrom sign),
        ("\u00e9", "e\u0301", ('"é"', f'"e\\u0301" ({FORM}: NFC → NFD)')),
        ("x \u0438\u0306", "x \u0439", ('"x и\\u0306"', f'"x й" ({FORM}: NFD → NFC)')),
        ("\u00c5", "\u212b", ('"\\u00c5"', f'"\\u212b" ({FORM})')),
        (["\u00e9"], ["e\u0301"], ('["é"]', '["e\\u0301"]')),
        # blanks and what leaves no ink,
        ("a", "a ", ('"a"', f'"a " ({BLANKS})')),
        ("a b", "a  b", ('"a b"', f'"a \\u0020b" ({BLANKS})')),
        ("a b", "a\u00a0b", ('"a b"', f'"a\\u00a0b" ({BLANKS})')),
        ("ab", "a\u034fb", ('"ab"', f'"a\\u034fb" ({BLANKS})')),
        ("a\u200bb", "a\\u200bb", ('"a\\u200bb"', '"a\\\\u200bb"')),
        ("ab", "a\u200bb", ("ab", "a\u200bb")),  # printed with its code as it is
        # and letters of two scripts.
        ("Sus", "\u0405us", ('"Sus"', f'"\\u0405us" ({SCRIPT})')),
        ("Сус", "Cус", ('"\\u0421\\u0443\\u0441"', f'"C\\u0443\\u0441" ({SCRIPT})')),
        # Of long texts the place is told.
        (
            LONG + "e\u0301" + LONG,
            LONG + "\u00e9" + LONG,
            (
                f"…other one, as notes are.e\\u0301{LONG[:49]}…",
                f"…other one, as notes are.é{LONG[:55]}… ({FORM}: NFD → NFC)",
            ),
        ),
    ],
)
def test_properties_old_and_new(base: object, target: object, expected: tuple[str, str]) -> None:
    both = (None if base is ABSENT else base, None if target is ABSENT else target)
    change = PropertyChange(*both, base is not ABSENT, target is not ABSENT)
    (row,) = property_rows(Change("p", "modified", (), (), properties={"x": change}))
    assert tuple(map(str, row)) == ("x", "x", *expected)


def test_names_of_properties_that_look_alike_are_told_apart() -> None:
    gone, new = PropertyChange(1, None, in_target=False), PropertyChange(None, 1, in_base=False)
    properties = {"e\u0301": gone, "\u00e9": new, "x": new}
    change = Change("p", "modified", (), (), properties=properties)
    assert [tuple(map(str, texts)) for _, *texts in property_rows(change)] == [
        ('"e\\u0301"', "1", "not stated"),
        ("x", "not stated", "1"),
        ('"\\u00e9"', "not stated", "1"),
    ]


def rows_of(base: object, target: object, name: str = "tags") -> list[tuple[str, str, str]]:
    change = Change("p", "modified", (), (), properties={name: PropertyChange(base, target)})
    return [(str(where), str(old), str(new)) for _, where, old, new in property_rows(change)]


def test_nested_values_are_told_by_pointer() -> None:
    base = {"surface": "gravel", "lanes": 2, "refs": ["a"], "a/b": {"c~": 1}}
    target = {"surface": "asphalt", "lanes": 2.0, "refs": ["b"], "a/b": {"c~": True, "d": None}}
    assert rows_of(base, target) == [
        ("tags: /tags/a~1b/c~0", "1", "true"),
        ("tags: /tags/a~1b/d", "not stated", "null"),
        ("tags: /tags/refs", "", "new: b; no longer: a"),
        ("tags: /tags/surface", "gravel", "asphalt"),
    ]
    assert rows_of({"k": "a"}, {"k": "a "}) == [("tags: /tags/k", '"a"', f'"a " ({BLANKS})')]


def test_keys_inside_values_that_look_alike_are_told_apart() -> None:
    rows = rows_of({"e\u0301": 1, "\u00e9": 1}, {"e\u0301": 2, "\u00e9": 2})
    assert [where for where, *_ in rows] == ['tags: "/tags/e\\u0301"', 'tags: "/tags/\\u00e9"']


def test_long_nested_values_are_cut_and_their_rest_is_counted() -> None:
    many = {f"k{number:06}": number for number in range(100_000)}
    rows = rows_of(many, {key: value + 1 for key, value in many.items()})
    assert rows[0] == ("tags: /tags/k000000", "0", "1")
    assert rows[20:] == [("tags", "", "99,980 more differences inside")]
    assert rows_of({}, {"k": many})[0][2].endswith("…")
    assert sum(len(text) for row in rows_of({}, {"k": many}) for text in row) < 1000
    ((_, old, new),) = rows_of([], list(range(100_000)))
    assert old == ""
    assert new.startswith("new: 0, 1, 2, ")
    assert new.endswith(", 99 and 99,900 more")
    wide = rows_of(None, list(range(100_000)))[0][2]
    assert wide.endswith(", 99 and 99,900 more")


LOOKS = st.text('ae\u0301\u00e9 \u00a0\u200b\u0430\\"u03_1', max_size=6)
VALUES = (
    st.none()
    | st.just(ABSENT)
    | LOOKS
    | st.sampled_from([0, 1, 3.5, True, "not stated", "null", "1"])
)


@given(VALUES | st.lists(VALUES.filter(lambda one: one is not ABSENT), max_size=3), VALUES)
def test_two_values_that_differ_are_two_texts(old: object, new: object) -> None:
    if (old is not new and old != new) or isinstance(old, bool) != isinstance(new, bool):
        before, after = map(_as_seen, map(str, told_apart(old, new, why=False)))
        assert before != after


def _as_seen(text: str) -> str:
    composed = unicodedata.normalize("NFC", printable(text, limit=None))
    return " ".join(composed.replace("\u0430", "a").split())


@pytest.mark.parametrize(
    ("uncertainty_m", "metres", "expected"),
    [
        (1500, 12_487.3, "12.5 km"),
        (1500, 340, "300 m"),
        (1500, 40, "under 100 m"),
        (1500, 0, "0 m"),
        (250, 12_487.3, "12.49 km"),
        (250, 344, "340 m"),
        (20, 12_487.3, "12.487 km"),
        (20, 344.4, "344 m"),
        (0, 0.2, "under 1 m"),
        (13_000, 12_487.3, "12 km"),
        (1500, 1_234_567, "1,234.6 km"),
        (None, 12_487.3, "12.49 km"),
        (1500, 999, "1.0 km"),
    ],
)
def test_lengths_are_rounded_as_their_uncertainty_allows(
    uncertainty_m: float | None, metres: float, expected: str
) -> None:
    assert str(Rounding(uncertainty_m).length(metres)) == expected


@pytest.mark.parametrize(
    ("uncertainty_m", "km2", "expected"),
    [
        (2500, 3143.2, "3,140 km²"),
        (2500, 137.4, "137 km²"),
        (2500, 0.3, "under 1 km²"),
        (2500, 0, "0 km²"),
        (250, 137.44, "137.4 km²"),
        (250, 3143.2, "3,140 km²"),
        (20, 3143.217, "3,143.22 km²"),
        (20, 0.000345, "345 m²"),
        (None, 5.04, "5.0 km²"),
    ],
)
def test_areas_are_rounded_as_their_uncertainty_allows(
    uncertainty_m: float | None, km2: float, expected: str
) -> None:
    assert str(Rounding(uncertainty_m).area(km2)) == expected


def test_words_for_numbers() -> None:
    assert [str(compass(one)) for one in (0, 44, 90, 180, 271, 359, -45)] == [
        "north",
        "north-east",
        "east",
        "south",
        "west",
        "north",
        "north-west",
    ]
    assert [str(percent(one)) for one in (0, 0.001, 0.5, 0.999, 1)] == [
        "0 %",
        "under 1 %",
        "50 %",
        "over 99 %",
        "100 %",
    ]
    assert str(position((-46.5, -39.6421))) == "39.642° S 46.500° W"


def test_markdown() -> None:
    report = drawn_diffs.corridor().to_markdown()
    title = "### corridor: 1 December 2020 → 30 August 2022"
    assert report.startswith(f"{title}\n\nBetween 1 December 2020 and ")
    assert "| drawn length | 47.2 km | 50.5 km | +3.3 km |\n" in report
    assert "| no longer used | 30.0-47.2 |  | not known | 17.2 km | Berdzor / Lachin |\n" in report
    assert (
        "| modified | Berdzor / Lachin | status: open → former; since: 2020-11-17 → "
        "2022-08-30; sources differ |\n"
    ) in report
    assert "- 2022-08-30: Traffic moves to the new road \\[two, three\\]\n" in report
    assert len(report) < 3000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a|b", "a\\|b"),
        ("`x`", "\\`x\\`"),
        ("**x**", "\\*\\*x\\*\\*"),
        ("a_b_c", "a_b_c"),
        ("_a_", "\\_a\\_"),
        ("<b>", "&lt;b&gt;"),
        ("&lt;", "&amp;lt;"),
        ("a\nb", "a\\\\nb"),
        ("\\", "\\\\"),
        ("[x](y)", "\\[x\\](y)"),
        ("# h", "\\# h"),
        ("~~x~~", "\\~\\~x\\~\\~"),
        ("$x$", "\\$x\\$"),
        ("\u202e", "\\\\u202e"),
        # Mentions and mail addresses: docs.github.com "Basic writing and formatting syntax", GFM
        # 0.29 section 6.9. What comes before the sign does not matter to a reader of plain text.
        ("@me", "@<!-- -->me"),
        ("é@octocat", "é@<!-- -->octocat"),
        ("@org/team", "@<!-- -->org/team"),
        ("foo@evil.example", "foo@<!-- -->evil.example"),
        ("corridor@2020-12-01 - km 36", "corridor@<!-- -->2020-12-01 - km 36"),
        ("5 @ 7", "5 @ 7"),
        # References: docs.github.com "Autolinked references and URLs".
        ("#1", "\\#<!-- -->1"),
        ("user/repo#26", "user/repo\\#<!-- -->26"),
        ("GH-12, gh-12", "GH<!-- -->-12, gh<!-- -->-12"),
        ("a5c3785", "a5c378<!-- -->5"),
        ("x A5C3785ED8D6A", "x A5C378<!-- -->5ED8D6<!-- -->A"),
        ("user@a5c3785e", "user@<!-- -->a5c378<!-- -->5e"),
        ("a5c378 abcdefgh", "a5c378 abcdefgh"),
        # Addresses: GFM 0.29 section 6.9.
        ("https://x.org", "https<!-- -->://x.org"),
        ("WWW.x.org", "WWW<!-- -->.x.org"),
        ("mailto:a.b", "mailto<!-- -->:a.b"),
        # Emoji, which have digits and signs in their names, too.
        (":x: :+1: 12:30", ":<!-- -->x: :<!-- -->+1: 12:30"),
        # List markers, rules and underlines of headings: CommonMark 0.31 sections 4.1, 4.3, 5.2.
        ("1. x", "1\\. x"),
        ("12) x", "12\\) x"),
        ("3.", "3\\."),
        ("- x", "\\- x"),
        ("+ x", "\\+ x"),
        ("---", "\\---"),
        ("===", "\\==="),
        ("    x", "x"),
        ("1.5 km", "1.5 km"),
        ("-5 km +3 km", "-5 km +3 km"),
        ("x 1. y - z", "x 1. y - z"),
    ],
)
def test_markdown_shows_just_the_text(text: str, expected: str) -> None:
    assert escaped_markdown(text) == expected


_REFERENCES = re.compile(
    r"@\w|#\d|gh-\d|\b[0-9a-f]{7,40}\b|(https?|ftp|mailto|xmpp):|www\.|:[a-z0-9_+-]+:", re.I | re.A
)
_FRAGMENTS = ("@", "#", "gh-", "1", "abcdef1", "www", ".", ":", "+1", "http", "s", "-", ")", "é")
_MARKS = ("*", "_", "`", "<!--", "-->", "&amp;", "|", "[", "]", "\\", " ", "~", "x")


@given(st.lists(st.sampled_from(_FRAGMENTS + _MARKS), max_size=12).map("".join))
def test_markdown_is_inert_and_loses_nothing(text: str) -> None:
    line = escaped_markdown(text)
    pieces = [html.unescape(re.sub(r"\\(\W|_)", r"\1", one)) for one in line.split("<!-- -->")]
    assert "".join(pieces) == text.lstrip(" ")
    assert not [one for one in pieces if _REFERENCES.search(one)]
    assert not re.match(r"([-+*#>=]|\d{1,9}[.)])(\s|$)|---", line)
    assert not re.search(r"(?<!\\)(\\\\)*[*`|\[\]~]", line)


def test_hostile_names_stay_in_their_cell() -> None:
    report = drawn_diffs.hostile().to_markdown()
    tables = [line for line in report.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) - 1 for line in tables} == {4, 6}
    assert "<script" not in report
    assert not re.search(r"(?<!\\)[`\[]", report)


def test_lengths_of_a_row_are_of_one_kind() -> None:
    """Sources state the new road, 26 km, and not the old stretch: both are told as drawn."""
    steps = [
        pkzone.diff(base, target)
        for base, target in pairwise(pkzone.catalogue()["corridor"].versions)
    ]
    _, _, *rows = render("markdown", "each", steps).splitlines()
    cells = [row.split("|")[4] for row in rows]
    assert any("drawn" in one for one in cells)
    assert any("published" in one for one in cells)
    assert not [one for one in cells if "drawn" in one and "published" in one]
    (moved,) = [cell for row, cell in zip(rows, cells, strict=True) if "| 2022-08-30 |" in row[13:]]
    assert moved.count("drawn") == 2


def test_pairs() -> None:
    diffs = [drawn_diffs.corridor(), drawn_diffs.corridor()]
    lines = render("text", "each", diffs, width=160).splitlines()
    assert lines[0] == "Each version compared with the one before, the first with 2020-11-17:"
    assert lines[2].split("  ")[0] == "version"
    assert lines[3].startswith("2022-08-30  ")
    assert "-17.2 km drawn +20.5 km drawn" in lines[3]
    markdown = render("markdown", "each", diffs).splitlines()
    assert markdown[2] == (
        "| 2020-11-17 | 2022-08-30 | 1 added, 1 modified | -17.2 km drawn +20.5 km drawn | "
        "1 now in reach, 2 no longer in reach | Traffic moves to the new road |"
    )
    stated, *drawn = diffs[0].affected
    unsure = [replace(one, certain=False) for one in drawn]
    mixed = replace(diffs[0], affected=(replace(stated, relation="corridor"), *unsure))
    assert (
        "| 1 may now be in reach, 1 may no longer be in reach, 1 no longer in the corridor |"
        in render("markdown", "each", [mixed])
    )
    assert render("text", "each", []) == "one version only: nothing to compare\n"
    area = render("markdown", "each", [drawn_diffs.zone(), drawn_diffs.same()]).splitlines()
    assert area[0] == "| before | after | features | area |"
    assert area[2:] == [
        "| 2020-11-10 | 2022-08-30 | 1 modified | +96 km² |",
        "| 2024-06-12 | 2024-06-12 | the same |  |",
    ]


def test_a_number_stays_with_what_is_counted() -> None:
    assert paragraph("It lost 3.8 km² in 2020-11-10 there", width=12) == (
        "It lost\n3.8 km² in\n2020-11-10\nthere"
    )
