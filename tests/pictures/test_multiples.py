"""Small multiples: panels of one scale, what differs from the panel before, what is left out."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from math import dist
from pathlib import Path
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic

import pkzone
from pkzone.errors import BadDate, BadOption, BadReference, LayerNotFound, VersionNotFound
from pkzone.i18n import messages
from pkzone.layers.catalogue import Catalogue
from pkzone.pictures import picture
from tests.helpers.drawn_catalogue import feature, line, point, square, write
from tests.helpers.sheet import SVG, Sheet

#: Three states of a catalogue that starts on 10 November 2020, and a day before it.
DAYS = ("2020-12-01", "2022-09-01", "2023-01-01")
EARLY = "2020-01-01"


def panels(sheet: Sheet) -> list[str]:
    """Return the keys of the panels, in the order in which they are drawn."""
    found = (one.get("id", "") for one in sheet.root.iter(f"{SVG}g"))
    return [one.removesuffix("/panel") for one in found if one.endswith("/panel")]


def shown(sheet: Sheet, key: str) -> set[str]:
    """Return the ids of what a panel draws, without its prefix."""
    return {one.removeprefix(f"{key}/") for one in sheet.ids(f"{key}/map")} - {"map"}


def marks(sheet: Sheet, key: str) -> list[str]:
    """Return the ids of the marks of a difference in a panel."""
    kinds = ("added/", "removed/", "changed/", "taken/", "given/", "kept/")
    return sorted(one for one in shown(sheet, key) if one.startswith(kinds))


# Panels


def test_each_version_has_a_panel_headed_by_its_date_and_title(shipped: Catalogue) -> None:
    sheet = Sheet(picture("zone", each=True))
    versions = shipped["zone"].versions
    assert panels(sheet) == [one.id for one in versions]
    for version in versions:
        heading, *title = sheet.texts(f"{version.id}/title")
        day = version.valid_from
        assert heading == f"{day.day} {messages.MONTHS[day.month - 1]} {day.year}"
        assert " ".join(title) == version.title
        own = {one for one in shown(sheet, version.id) if one.startswith("zone/")}
        assert own == {f"zone/{one.id}" for one in version.features().features}


def test_a_range_has_the_versions_in_force_in_it() -> None:
    sheet = Sheet(picture("zone@2021..2022-08-29", each=True))
    assert panels(sheet) == ["2020-12-13", "2022-08-26"]


def test_dates_stand_in_the_order_given_with_the_state_in_force(drawn: Catalogue) -> None:
    sheet = Sheet(picture("corridor", on=[DAYS[1], DAYS[0]], catalogue=drawn))
    assert panels(sheet) == [DAYS[1], DAYS[0]]
    assert sheet.texts(f"{DAYS[1]}/title") == ["1 September 2022",
                                               "State since 30 August 2022: A state"]  # fmt: skip
    assert {"corridor/new", "corridor/old"} <= shown(sheet, DAYS[1])
    assert "corridor/new" not in shown(sheet, DAYS[0])
    (left, top, *_), (other_left, other_top, *_) = (
        sheet.box(f"{one}/frame") for one in (DAYS[1], DAYS[0])
    )
    assert left < other_left
    assert top == other_top


def test_one_title_one_scale_one_legend_one_credit_one_inset(shipped: Catalogue) -> None:
    sheet = Sheet(picture("zone", each=True))
    ids = [one.get("id", "") for one in sheet.root.iter(f"{SVG}g")]
    assert len(ids) == len(set(ids))
    for part in ("title", "scale", "legend", "credits", "inset"):
        assert ids.count(part) == 1
    assert sheet.texts("title") == ["Responsibility zone",
                                    "Colour marks what differs from the panel before."]  # fmt: skip
    assert "Not an official map." in sheet.said("credits")
    entries = sheet.texts("legend")
    assert len(entries) == len(set(entries))
    assert {"Difference from the panel before", "New", "No longer covered"} <= set(entries)


def test_a_date_alone_is_a_map_and_not_a_sheet(drawn: Catalogue) -> None:
    for one in (["2022-09-01"], ("2022-09-01",)):
        found = picture("corridor", on=one, catalogue=drawn)
        same = picture("corridor", on="2022-09-01", catalogue=drawn)
        assert found.to_bytes("svg") == same.to_bytes("svg")


def test_every_layer_on_some_days_says_whose_differences_are_marked(drawn: Catalogue) -> None:
    sheet = Sheet(picture(on=DAYS[:2], catalogue=drawn))
    assert sheet.texts("title")[-1] == "Colour marks what differs from the panel before: Corridor"
    assert {"zone/core", "corridor/old", "places/a"} <= shown(sheet, DAYS[0])
    assert [one.split("/")[:2] for one in marks(sheet, DAYS[1])] == [
        ["added", "corridor"], ["changed", "corridor"]]  # fmt: skip


@pytest.mark.parametrize(
    ("count", "columns", "rows"), [(2, 2, 1), (3, 3, 1), (4, 2, 2), (6, 3, 2), (7, 3, 3)]
)
def test_rows_are_about_equal_and_panels_exactly(
    many: Catalogue, count: int, columns: int, rows: int
) -> None:
    sheet = Sheet(picture("corridor", on=LATER[:count], catalogue=many, width_cm=18))
    frames = [sheet.box(f"{one}/frame") for one in panels(sheet)]
    assert len({round(one[0], 1) for one in frames}) == columns
    assert len({round(one[1], 1) for one in frames}) == rows
    assert {(round(x1 - x0, 1), round(y1 - y0, 1)) for x0, y0, x1, y1 in frames} == {
        (round(frames[0][2] - frames[0][0], 1), round(frames[0][3] - frames[0][1], 1))
    }
    order = [(round(top, 1), round(left, 1)) for left, top, *_ in frames]
    assert order == sorted(order)  # by rows, from the left
    for (a0, b0, a1, b1), (c0, d0, c1, d1) in combinations(frames, 2):
        assert a1 < c0 or c1 < a0 or b1 < d0 or d1 < b0


# Places on the sheet


def test_a_place_lies_at_the_same_spot_of_every_panel_at_one_scale(drawn: Catalogue) -> None:
    sheet = Sheet(picture(on=DAYS, catalogue=drawn))
    places = {"a": (46.25, 39.5), "b": (46.95, 39.95), "c": (46.5, 39.3)}
    left, _, right, _ = sheet.box("scale/bar")
    km = re.fullmatch(r"([\d.,]+) km", sheet.texts("scale")[-1])
    assert km is not None
    spots = {}
    for day in DAYS:
        x, y, *_ = sheet.box(f"{day}/frame")
        at = {one: sheet.middle(f"{day}/places/{one}") for one in places}
        spots[day] = [(round(at[one][0] - x, 1), round(at[one][1] - y, 1)) for one in places]
        for one, other in combinations(places, 2):
            (lon0, lat0), (lon1, lat1) = places[one], places[other]
            true_km = Geodesic.WGS84.Inverse(lat0, lon0, lat1, lon1)["s12"] / 1000
            drawn_km = dist(at[one], at[other]) / (right - left) * float(km[1])
            assert drawn_km == pytest.approx(true_km, rel=0.002)
    assert spots[DAYS[0]] == spots[DAYS[1]] == spots[DAYS[2]]


def test_names_and_headings_stand_clear_of_each_other_and_within_their_panels() -> None:
    from pkzone.pictures.canvas import text_width

    sheet = Sheet(picture("zone", each=True, width_cm=18))
    for key in panels(sheet):
        left, top, right, bottom = sheet.box(f"{key}/frame")
        for group, within in (("labels", (left, top, right, bottom)), ("title", None)):
            boxes_ = []
            for one in sheet.group(f"{key}/{group}").iter(f"{SVG}text"):
                style = one.get("style", "")
                size = float(re.search(r"([\d.]+)px", style)[1])  # type: ignore[index]
                wide = text_width(one.text or "", size, "bold" if "700" in style else "regular")
                x, y = float(one.get("x", "")), float(one.get("y", ""))
                anchor = re.search(r"text-anchor: (\w+)", style)
                shift = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor[1] if anchor else "start"]
                boxes_.append((x - wide * shift, y - 0.7 * size, x + wide * (1 - shift), y))
                assert left - 0.1 <= boxes_[-1][0]
                assert boxes_[-1][2] <= right + 0.1
                assert within is None or top <= boxes_[-1][1] < boxes_[-1][3] <= bottom
                assert within is not None or boxes_[-1][3] < top
                assert size >= 0.3527 * 14  # 5 points and more: legible on paper
            for a, b in combinations(boxes_, 2):
                assert a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1]


# Differences


def test_marks_are_the_sections_of_the_difference(shipped: Catalogue) -> None:
    days = ("2020-12-01", "2022-08-30", "2024-06-12")
    sheet = Sheet(picture("corridor", on=days))
    left, _, right, _ = sheet.box("scale/bar")
    m = re.fullmatch(r"([\d.,]+) km", sheet.texts("scale")[-1])
    assert m is not None
    per_m = (right - left) / float(m[1]) / 1000
    assert marks(sheet, days[0]) == []
    for before, after in ((days[0], days[1]), (days[1], days[2])):
        diff = pkzone.diff(f"corridor@{before}", f"corridor@{after}")
        sections = [one for route in diff.routes for one in route.sections if one.kind != "kept"]
        assert sections
        found = marks(sheet, after)
        for kind in ("added", "removed"):
            route = diff.routes[0].route
            own = [one for one in found if one.startswith(f"{kind}/corridor/{route}/")]
            of_kind = [one for one in sections if one.kind == kind]
            assert len(own) == len(of_kind)
            length = sum(
                dist(*pair) for one in own for pair in _legs(sheet.points(f"{after}/{one}"))
            )
            assert length / per_m == pytest.approx(sum(one.length_m for one in of_kind), rel=0.02)


def _legs(points: list[tuple[float, float]]) -> list[tuple[Any, Any]]:
    return list(pairwise(points))


def test_what_is_the_same_is_said_and_not_marked(drawn: Catalogue) -> None:
    sheet = Sheet(picture("corridor", on=DAYS, catalogue=drawn))
    assert marks(sheet, DAYS[2]) == []
    assert sheet.texts(f"{DAYS[2]}/title")[-1] == "Nothing differs from the panel before"
    assert "Nothing differs from the panel before" not in sheet.texts(f"{DAYS[1]}/title")


def test_no_layer_has_the_colours_of_the_difference(shipped: Catalogue) -> None:
    found = picture("corridor", each=True).content
    own = [item for panel in found.panels for item in panel.items if item.style_key == "corridor"]  # type: ignore[union-attr]
    hues = {stroke["color"] for item in own for stroke in item.rule["strokes"]}
    assert hues <= {"kept", "paper"}
    all_ = [item for panel in found.panels for item in panel.items]  # type: ignore[union-attr]
    assert "route" not in {item.rule.get("fill") for item in all_}  # as what is no longer used
    assert "place" in {item.rule.get("fill") for item in all_}


def test_a_point_that_is_new_is_ringed_and_keeps_its_sign(shipped: Catalogue) -> None:
    sheet = Sheet(picture("sites", on=["2022-12-11", "2022-12-12"]))
    (ring,) = (one for one in marks(sheet, "2022-12-12") if one.startswith("added/"))
    assert "fill: none" in next(
        sheet.group(f"2022-12-12/{ring}").iter(f"{SVG}path")
    ).get("style", "")  # fmt: skip
    assert f"sites/{ring.split('/')[2]}" in shown(sheet, "2022-12-12")


# Days without a state


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_date_before_the_first_version_is_an_empty_panel(drawn: Catalogue, place: int) -> None:
    days = [DAYS[0], DAYS[1]]
    days.insert(place, EARLY)
    sheet = Sheet(picture("corridor", on=days, catalogue=drawn))
    assert panels(sheet) == days
    assert sheet.texts(f"{EARLY}/title") == ["1 January 2020",
                                             "No state is known on this date."]  # fmt: skip
    assert shown(sheet, EARLY) == set()
    assert sheet.box(f"{EARLY}/frame")
    # What is marked is the difference to the panel before, where both have a state.
    follows = days[place + 1] if place < 2 else None
    for day in days[1:]:
        is_marked = day not in (EARLY, follows)
        assert bool(marks(sheet, day)) is is_marked


def test_a_version_without_features_loses_all_of_the_one_before(shipped: Catalogue) -> None:
    sheet = Sheet(picture("zone", on=["2023-09-20", "2024-06-12"]))
    assert not [one for one in shown(sheet, "2024-06-12") if one.startswith("zone/")]
    before = [one.id for one in shipped["zone"].on("2023-09-20").features().features]
    assert sorted(one.split("/")[2] for one in marks(sheet, "2024-06-12")) == sorted(before)
    assert {one.split("/")[0] for one in marks(sheet, "2024-06-12")} == {"removed"}


def test_no_state_on_any_of_the_days_is_refused(drawn: Catalogue) -> None:
    with pytest.raises(VersionNotFound, match="corridor is in force on these dates; the first is"):
        picture("corridor", on=[EARLY, "2020-02-01"], catalogue=drawn)


# Caps


LATER = [f"{2021 + month // 12}-{1 + month % 12:02}-01" for month in range(15)]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """A road with a version a month, each a little longer."""
    layers = {
        "corridor": {
            day: [feature("road", line((46.3, 39.5), (46.5 + number / 30, 39.6)), status="open",
                          mode="road")]
            for number, day in enumerate(LATER)
        },
        "places": {LATER[0]: [feature("a", point(46.4, 39.5), status="inside", name="A")]},
    }  # fmt: skip
    return pkzone.catalogue(write(tmp_path_factory.mktemp("many") / "many", layers))


def test_what_is_beyond_twelve_panels_is_left_out_and_said(many: Catalogue) -> None:
    found = picture("corridor", each=True, catalogue=many)
    sheet = Sheet(found)
    assert panels(sheet) == LATER[:12]
    assert sheet.texts("title")[-1] == ("Left out: 1 January 2022, 1 February 2022, 1 March 2022")
    assert found.notices == (
        "a sheet has 12 panels at most: 12 of 15 are drawn, those from 2022-01-01 on are left "
        "out; name a range, corridor@2022-01-01..",
    )
    rest = picture("corridor@2022-01-01..", each=True, catalogue=many)
    assert panels(Sheet(rest)) == LATER[12:]
    assert rest.notices == ()
    dates = picture("corridor", on=LATER, catalogue=many)
    assert panels(Sheet(dates)) == LATER[:12]
    assert "12 of 15 are drawn" in dates.notices[0]


# Hostile texts, languages, bytes


def test_hostile_texts_are_drawn_as_they_are(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script> $\\frac{x}{0}$ {date} \u202e\x07"
    layers = {
        "zone": {
            "2020-11-10": [feature("<b>/x\u0000", square(46, 39, 1), name=evil)],
            "2021-01-01": [feature("<b>/x\u0000", square(46, 39, 1.2), name=evil)],
        }
    }
    root = write(tmp_path / "evil", layers, version_title=evil, titles={"zone": evil}, title=evil)
    found = picture("zone", each=True, catalogue=pkzone.catalogue(root))
    sheet = Sheet(found)
    assert not list(sheet.root.iter(f"{SVG}script"))
    said = sheet.said("2021-01-01/title").replace(" ", "")
    assert "<script>alert(1)</script>$\\frac{x}{0}$" in said
    assert not {"\u202e", "\x07"} & set("".join(sheet.texts()))
    for form in ("png", "pdf"):
        assert found.to_bytes(form)


def test_a_title_without_end_does_not_push_the_map_off_the_sheet(tmp_path: Path) -> None:
    layers = {"zone": {day: [feature("x", square(46, 39, 1))] for day in LATER[:2]}}
    root = write(tmp_path / "long", layers, version_title="word " * 900)
    sheet = Sheet(picture("zone", each=True, catalogue=pkzone.catalogue(root)))
    assert len(sheet.texts(f"{LATER[0]}/title")) < 10
    assert sheet.texts(f"{LATER[0]}/title")[-1] == "…"


@pytest.mark.parametrize(("lang", "day", "said"), [
    ("az", "1 dekabr 2020", "Ağdam"), ("hy", "2020 թ. դեկտեմբերի 1", "Աղդամ"),
    ("ru", "1 декабря 2020 г.", "Агдам"),
])  # fmt: skip
def test_other_languages_without_a_missing_letter(lang: str, day: str, said: str) -> None:
    found = picture("zone", on=["2020-12-01", "2022-09-01"], lang=lang, dpi=50)
    sheet = Sheet(found)
    assert sheet.texts("2020-12-01/title")[0] == day
    assert said in " ".join(sheet.texts("2020-12-01/labels"))
    english = {
        "Colour marks what differs from the panel before.",
        "Difference from the panel before",
    }
    assert not english & set(sheet.texts())
    for form in ("png", "pdf"):
        assert found.render(form)[1] == ()


def test_the_same_bytes_every_time(drawn: Catalogue) -> None:
    for form in ("svg", "png", "pdf"):
        first, again = (
            picture("corridor", on=DAYS, catalogue=drawn, dpi=60).to_bytes(form) for _ in range(2)
        )
        assert first == again


# Refusals


@pytest.mark.parametrize(("refs", "options", "error", "said"), [
    ((), {"each": True}, BadReference, "name a LAYER, or LAYER@A..B"),
    (("zone@2022-08-30",), {"each": True}, BadReference, "is one version; name zone for every"),
    (("none",), {"each": True}, LayerNotFound, "no layer"),
    (("./x.geojson",), {"each": True}, BadReference, "names a file"),
    (("zone",), {"each": True, "on": "2021-01-01"}, BadOption, "every version has its date"),
    (("zone", "corridor"), {"each": True}, BadOption, "name one LAYER"),
    (("zone",), {"on": ["2021-01-01", "2021-01-01"]}, BadOption, "2021-01-01 is named twice"),
    (("zone",), {"on": ["2021-01-01", "soon"]}, BadDate, "soon"),
    (("zone@2021-01-01",), {"on": DAYS}, BadOption, "says its date already; name zone alone"),
    (("./x.geojson",), {"on": DAYS}, BadOption, "is a file and has no versions"),
    (("zone", "zone"), {"on": DAYS}, BadOption, "name one LAYER"),
    ((), {"on": DAYS, "tagged": "x.csv"}, BadOption, "counted over all dates"),
    ((), {"each": True, "tagged": "x.csv"}, BadOption, "counted over all dates"),
])  # fmt: skip
def test_what_makes_no_sheet(
    drawn: Catalogue, refs: tuple[str, ...], options: dict[str, Any], error: type, said: str
) -> None:
    with pytest.raises(error, match=re.escape(said)):
        picture(*refs, catalogue=drawn, **options)


def test_a_sheet_of_all_layers_says_which_of_them_is_compared(shipped: Catalogue) -> None:
    # A checkpoint was set up in between: the map differs, the zone does not.
    sheet = Sheet(picture(on=["2020-12-01", "2022-09-01", "2023-05-01"]))
    title = " ".join(sheet.texts("2023-05-01/title"))
    assert title.endswith("Responsibility zone: nothing differs from the panel before")
    assert "Responsibility zone: State since 30 August 2022" in title
