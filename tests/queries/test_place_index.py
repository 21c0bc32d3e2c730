"""Places by name: every script and form, and what is said where there is none, or several."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pkzone
from pkzone.errors import PlaceNotFound
from pkzone.queries.place_index import Place, PlaceIndex, fold
from tests.helpers.drawn_catalogue import feature, line, point, write


@pytest.fixture(scope="module")
def shipped() -> PlaceIndex:
    return PlaceIndex.of(pkzone.catalogue())


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("Khankendi", "places/stepanakert"),
        ("Stepanakert", "places/stepanakert"),
        ("  STEPANAKERT ", "places/stepanakert"),
        ("Khankendi / Stepanakert", "places/stepanakert"),
        ("Stepanakert/Khankendi", "places/stepanakert"),
        ("Ханкенди", "places/stepanakert"),
        ("степанакерт", "places/stepanakert"),
        ("Ստեփանակերտ", "places/stepanakert"),
        ("Խանքենդի", "places/stepanakert"),
        ("Xankəndi", "places/stepanakert"),
        ("xankendi", "places/stepanakert"),
        ("Xankandi", "places/stepanakert"),
        ("Khank’endi", "places/stepanakert"),
        ("Şuşa", "places/shusha"),
        ("Shushi", "places/shusha"),
        ("Шуша", "places/shusha"),
        ("Bёrdzor", "places/lachin"),
        ("Лачин", "places/lachin"),
        ("Zabukh", "places/zabukh"),
        ("Աղավնո", "places/zabukh"),
        ("kohna-taghlar", "places/kohna-taghlar"),
        ("Hin Tagher", "places/kohna-taghlar"),
        ("places/sus", "places/sus"),
        ("Hakari bridge", "sites/hakari-bridge"),
        ("km 36", "km36"),
    ],
)
def test_a_place_is_found_by_any_of_its_names(shipped: PlaceIndex, text: str, ref: str) -> None:
    assert shipped.find(text).ref == ref


def test_every_name_of_every_place_finds_it(shipped: PlaceIndex) -> None:
    for place in shipped.places:
        if place.is_stated:
            for name in (place.id, place.ref, *place.names, *place.name.split(" / ")):
                assert shipped.find(name) == place, name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Lachim", r"no place is called Lachim; did you mean Berdzor / Lachin \(lachin\)\?"),
        ("Hin", r"did you mean Hin Shen / .* \(kichik-galadarasi\) or Hin Tagher / .*\?"),
        ("Степанакерд", r"did you mean Khankendi / Stepanakert \(stepanakert\)\?"),
        ("Timbuktu", "no place is called Timbuktu; pkzone show places lists them"),
        ("", "no place is called ''; pkzone show places lists them"),
        (" / ", "no place is called  / ; pkzone show places lists them"),
        ("\x1b[2J", r"no place is called \\x1b\[2J; pkzone show places lists them"),
    ],
)
def test_what_is_no_place_gives_near_ones(shipped: PlaceIndex, text: str, said: str) -> None:
    with pytest.raises(PlaceNotFound, match=said):
        shipped.find(text)


def test_several_places_of_one_name_are_told_apart_by_their_ids(tmp_path: Path) -> None:
    towns = [
        feature(key, point(1, lat), name="Newtown") for key, lat in (("north", 2), ("south", 1))
    ]
    index = PlaceIndex.of(pkzone.catalogue(write(tmp_path / "c", {"towns": {"2020-01-01": towns}})))
    said = r"newtown may be towns/north \(Newtown\) or towns/south \(Newtown\); write the id"
    with pytest.raises(PlaceNotFound, match=said):
        index.find("newtown")
    assert index.find("south").lat == 1


def test_a_layer_that_says_where_places_lie_goes_before_others(tmp_path: Path) -> None:
    layers = {
        "posts": {"2020-01-01": [feature("p", point(1, 1), name="Ford", status="operating")]},
        "towns": {"2020-01-01": [feature("t", point(1, 2), name="Ford", status="inside")]},
    }
    nodes = [{"id": "n", "lon": 1.0, "lat": 3.0, "name": "Ford"}]
    index = PlaceIndex.of(pkzone.catalogue(write(tmp_path / "c", layers, nodes=nodes)))
    assert index.find("ford").ref == "towns/t"
    assert [index.find(one).ref for one in ("p", "n")] == ["posts/p", "n"]


def test_a_former_name_finds_the_place_of_today(tmp_path: Path) -> None:
    versions = {
        "2020-01-01": [feature("t", point(1, 1), name="Old", status="inside")],
        "2021-01-01": [feature("t", point(1, 1.5), name="New", status="outside")],
    }
    index = PlaceIndex.of(pkzone.catalogue(write(tmp_path / "c", {"towns": versions})))
    place = index.find("old")
    assert (place.name, place.lat) == ("New", 1.5)


def test_what_is_no_point_or_has_no_name_is_no_place(tmp_path: Path) -> None:
    layers = {
        "roads": {"2020-01-01": [feature("r", line((1, 1), (2, 2)), name="Road")]},
        "posts": {"2020-01-01": [feature("p", point(1, 1), name=7)]},
        "none": {"2020-01-01": []},
    }
    index = PlaceIndex.of(pkzone.catalogue(write(tmp_path / "c", layers)))
    assert index.places == ()
    with pytest.raises(PlaceNotFound, match="has no places to find Road among; write a point"):
        index.find("Road")


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=20))
def test_no_text_breaks_the_search(text: str) -> None:
    index = PlaceIndex([Place("towns", "a", "Ağdam", ("Ağdam",), 46.9, 40.0, True)])
    with suppress(PlaceNotFound):
        assert index.find(text).id == "a"
