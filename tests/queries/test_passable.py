"""Who could pass from where to where: against a walk over the states, and against sources."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pkzone
from pkzone import errors
from pkzone.geojson.model import Feature as Parsed
from pkzone.layers.catalogue import SHIPPED
from pkzone.queries.passage import Passage
from pkzone.queries.road_graph import best_path, graph_of, segments_of
from tests.helpers.drawn_catalogue import feature, line, point, write
from tests.helpers.program import Run

DATA = Path(SHIPPED)
ANSWERS = ("yes", "restricted", "not known", "no")
OUT_OF_USE = {"closed", "planned", "under_construction", "complete", "former", "disused"}
KINDS = ("civilian", "goods", "aid", "medical", "contingent")


@pytest.fixture(scope="module")
def shipped() -> pkzone.Catalogue:
    """The shipped catalogue, each version of which is read once."""
    return pkzone.catalogue().cached()


# A plain walk over the states: no graph library, no code of the package, every path tried.


class Road(NamedTuple):
    """One road, one way."""

    ref: str
    to: str
    answers: dict[str, str]


def plain_answer(properties: dict[str, Any], kind: str, forward: bool) -> str:
    one_way = properties.get("direction", "both")
    if one_way != "both" and one_way != ("forward" if forward else "backward"):
        return "no"
    if "traffic" in properties:
        return "yes" if kind in properties["traffic"] else "no"
    if properties["status"] in OUT_OF_USE:
        return "no"
    if properties["status"] == "open":
        return "yes"
    return "not known" if properties["certainty"] == "inferred" else "restricted"


@cache
def resources() -> list[dict[str, Any]]:
    package = json.loads((DATA / "datapackage.json").read_text("utf-8"))
    kept: dict[tuple[str, str], dict[str, Any]] = {}
    for one in package["resources"]:
        if one.get("layer") in ("corridor", "transport"):
            known = kept.get((one["layer"], one["version"]))
            if known is None or known["record"] < one["record"]:
                kept[one["layer"], one["version"]] = one
    return sorted(kept.values(), key=lambda one: one["valid_from"])


def files_on(day: date) -> tuple[str, ...]:
    in_force = {}
    for one in resources():
        if one["valid_from"] <= day.isoformat() and not one.get("withdrawn"):
            in_force[one["layer"]] = one["path"]
    return tuple(sorted(in_force.values()))


@cache
def roads_of(files: tuple[str, ...]) -> dict[str, list[Road]]:
    roads: dict[str, list[Road]] = {}
    for name in files:
        for one in json.loads((DATA / name).read_text("utf-8"))["features"]:
            properties = one["properties"]
            if "from_place" not in properties:
                continue
            ends = properties["from_place"], properties["to_place"]
            for forward, (here, there) in ((True, ends), (False, ends[::-1])):
                answers = {kind: plain_answer(properties, kind, forward) for kind in KINDS}
                ref = f"{name.partition('/')[0]}/{one['id']}"
                roads.setdefault(here, []).append(Road(ref, there, answers))
    return roads


def all_paths(
    roads: dict[str, list[Road]], here: str, there: str, seen: tuple[str, ...] = ()
) -> Iterator[tuple[Road, ...]]:
    if here == there:
        yield ()
        return
    for road in roads.get(here, ()):
        if road.to not in seen:
            for rest in all_paths(roads, road.to, there, (*seen, here)):
                yield (road, *rest)


@cache
def walked(files: tuple[str, ...], here: str, there: str, kind: str) -> str:
    """Return the best of the worst answers on any path."""
    worst = [
        max(ANSWERS.index(road.answers[kind]) for road in path)
        for path in all_paths(roads_of(files), here, there)
    ]
    return ANSWERS[min(worst)] if worst else "not known"


PAIRS = [
    ("goris", "stepanakert"),
    ("stepanakert", "goris"),
    ("aghdam", "stepanakert"),
    ("stepanakert", "kapan"),
    ("tegh", "aghdam"),
    ("lachin", "stepanakert"),
    ("vardenis", "aghdara"),
    ("meghri-east", "sadarak"),
    ("ahmadbayli", "shusha"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("here", "there"), PAIRS)
def test_every_day_of_five_years_is_as_walked(
    here: str, there: str, kind: str, shipped: pkzone.Catalogue
) -> None:
    span = pkzone.passable(
        here, there, start="2020", end="2024-12-31", traffic=kind, catalogue=shipped
    )
    answers = {
        one.valid_from + timedelta(days=number): one.answer
        for one in span.periods
        for number in range(one.days)
    }
    days = [date(2020, 1, 1) + timedelta(days=number) for number in range(5 * 365 + 2)]
    known = [day for day in days if day >= date(2020, 11, 10)]
    assert list(answers) == known
    assert answers == {day: walked(files_on(day), here, there, kind) for day in known}


def test_one_day_is_the_day_of_the_span() -> None:
    span = pkzone.passable("goris", "stepanakert", start="2023-03", end="2023-06")
    for period in span.periods:
        for passage in period.passages:
            assert passage == pkzone.passable("goris", "stepanakert", passage.on)


# What sources state: each day, traffic and way, and the event in which the catalogue cites them.

OUT, BACK = ("stepanakert", "goris"), ("goris", "stepanakert")
STATED = [
    # "Civilian traffic between Stepanakert and Goris resumes", 17 November 2020
    ("corridor-reopens-2020", *OUT, "2020-11-17", "civilian", "yes"),
    ("corridor-reopens-2020", *BACK, "2020-11-17", "civilian", "yes"),
    # "The road closes as a link", 25 November 2020
    ("kalbajar-handover", "vardenis", "aghdara", "2020-11-24", "civilian", "yes"),
    ("kalbajar-handover", "vardenis", "aghdara", "2020-11-25", "civilian", "no"),
    # closed from 25 August 2021 at 23:00, open again in the evening of 27 August
    ("goris-kapan-closed-2021", "goris", "kapan", "2021-08-26", "civilian", "no"),
    ("goris-kapan-reopened-2021", "goris", "kapan", "2021-08-27", "civilian", "yes"),
    # "The road opens to traffic", 7 November 2021
    ("victory-road-open", "ahmadbayli", "shusha", "2021-11-06", "civilian", "no"),
    ("victory-road-open", "ahmadbayli", "shusha", "2021-11-07", "civilian", "yes"),
    # traffic moves, it does not stop, 30 August 2022
    ("corridor-moves-2022", *BACK, "2022-08-29", "civilian", "yes"),
    ("corridor-moves-2022", *BACK, "2022-08-30", "civilian", "yes"),
    # "ordinary traffic stops. Vehicles of the contingent and of the ICRC pass", 12 December 2022
    ("shusha-blockage", *BACK, "2022-12-11", "civilian", "yes"),
    ("shusha-blockage", *BACK, "2022-12-13", "civilian", "no"),
    ("shusha-blockage", *BACK, "2022-12-13", "goods", "no"),
    ("shusha-blockage", *BACK, "2022-12-13", "aid", "yes"),
    ("shusha-blockage", *OUT, "2022-12-13", "medical", "yes"),
    ("shusha-blockage", *OUT, "2022-12-13", "contingent", "yes"),
    # the Armenian part of the new road comes into use on 1 April 2023; patients still pass
    ("tegh-kornidzor-open", *OUT, "2023-04-01", "medical", "yes"),
    # a checkpoint from 23 April 2023: who passes it is not stated
    ("hakari-checkpoint", *BACK, "2023-04-22", "aid", "yes"),
    ("hakari-checkpoint", *BACK, "2023-04-23", "aid", "restricted"),
    ("shusha-protest-suspended", *BACK, "2023-04-28", "civilian", "restricted"),
    # "All passage, humanitarian transport included, is stopped", 15 June 2023
    *[("hakari-flag-incident", *OUT, day, kind, "no")
      for day in ("2023-06-15", "2023-06-20", "2023-06-24") for kind in KINDS],
    # patients alone, 25 June to 10 July 2023
    *[("hakari-patients-pass", *OUT, day, kind, "no")
      for day in ("2023-06-25", "2023-07-10") for kind in KINDS if kind != "medical"],
    ("hakari-patients-pass", *OUT, "2023-06-25", "medical", "restricted"),
    ("hakari-patients-pass", *OUT, "2023-07-10", "medical", "restricted"),
    # "suspends crossing", 11 July 2023
    *[("hakari-checkpoint-closed-again", *OUT, "2023-07-11", kind, "no") for kind in KINDS],
    ("patient-arrested-2023-07-29", *OUT, "2023-07-30", "medical", "no"),
    ("icrc-evacuations-resume-2023-08-08", *OUT, "2023-08-08", "medical", "restricted"),
    ("kornidzor-convoy", *BACK, "2023-08-10", "aid", "no"),
    # the Aghdam road: nobody, then a lorry with aid on 12 September 2023
    ("aghdam-road-convoy", "aghdam", "stepanakert", "2023-09-11", "aid", "no"),
    ("aghdam-road-first-truck", "aghdam", "stepanakert", "2023-09-12", "aid", "yes"),
    ("aghdam-road-first-truck", "aghdam", "stepanakert", "2023-09-12", "civilian", "no"),
    ("both-roads-agreed", "aghdam", "stepanakert", "2023-09-18", "aid", "yes"),
    ("operation-2023-09-19", "aghdam", "stepanakert", "2023-09-20", "aid", "no"),
    ("icrc-aid-2023-09-22", "aghdam", "stepanakert", "2023-09-22", "aid", "yes"),
    # the contingent escorts nine buses to Stepanakert, 14 November 2020 (tass-1223857)
    ("return-begins-2020-11-14", *BACK, "2020-11-14", "contingent", "yes"),
    ("return-begins-2020-11-14", *BACK, "2020-11-14", "civilian", "yes"),
    ("return-begins-2020-11-14", *BACK, "2020-11-14", "goods", "no"),
    # "opens for departure to Armenia", 24 September 2023
    ("road-open-outward", *OUT, "2023-09-24", "civilian", "yes"),
    ("road-open-outward", *BACK, "2023-09-24", "civilian", "no"),
    # nothing is reported of who passes after the departure
    *[("departure-ends-2023", *way, "2023-10-02", kind, "not known")
      for way in (OUT, BACK) for kind in KINDS],
    ("departure-ends-2023", *OUT, "2024-03-01", "civilian", "not known"),
    # passenger trains, 30 August 2025
    ("baku-aghdam-trains", "barda", "aghdam-station", "2025-08-29", "civilian", "no"),
    ("baku-aghdam-trains", "barda", "aghdam-station", "2025-08-30", "civilian", "yes"),
]  # fmt: skip


@pytest.mark.parametrize(("event", "here", "there", "day", "kind", "answer"), STATED)
def test_what_sources_state(
    event: str,
    here: str,
    there: str,
    day: str,
    kind: str,
    answer: str,
    shipped: pkzone.Catalogue,
) -> None:
    assert shipped.event(event).sources
    assert pkzone.passable(here, there, day, traffic=kind, catalogue=shipped).answer == answer


def test_aid_of_december_2022_passes_on_restricted_roads() -> None:
    passage = pkzone.passable("goris", "stepanakert", "2022-12-13", traffic="aid")
    assert passage.on_restricted_roads
    assert Counter(one.status for one in passage.path) == {"open": 3, "restricted": 2}
    assert not pkzone.passable(
        "goris", "stepanakert", "2022-12-11", traffic="aid"
    ).on_restricted_roads


def test_the_path_and_what_blocks_it() -> None:
    passage = pkzone.passable("Goris", "Stepanakert", "2022-12-13")
    assert [one.ref for one in passage.path] == [
        "corridor/lachin-old-am",
        "corridor/lachin-old-west-stub",
        "corridor/lachin-temp-connector",
        "corridor/lachin-new-az",
        "corridor/lachin-common-east",
    ]
    ends = [(one.start, one.end) for one in passage.path]
    assert ends[0][0] == "goris"
    assert ends[-1][1] == "stepanakert"
    assert all(before[1] == after[0] for before, after in pairwise(ends))
    assert [one.ref for one in passage.decided_by] == [
        "corridor/lachin-new-az",
        "corridor/lachin-common-east",
    ]
    assert "massispost-2023-05-10" in passage.decided_by[0].properties["sources"]
    # 14.0 + 5.5 + 4.9 + 10.9 + 24.0 km of which some are schematic; two have no published length
    assert passage.length_drawn_km == 59
    assert passage.length_published is None


@pytest.mark.parametrize(
    "name", ["Khankendi", "stepanakert", "XANKƏNDİ", "Xankəndi", "Ստեփանակերտ", "Степанакерт"]
)
def test_a_place_by_any_name(name: str) -> None:
    assert pkzone.passable("Գորիս", name, "2021-01-01").destination.id == "stepanakert"


# Small catalogues of one's own.

OPEN, CLOSED = {"status": "open"}, {"status": "closed"}
RESTRICTED = {"status": "restricted", "certainty": "reported"}
UNREPORTED = {"status": "restricted", "certainty": "inferred"}
Feature = dict[str, Any]


def road(road_id: str, *ends: str | None, km: float = 1.0, **properties: Any) -> Feature:
    """A road from the first to the second end, so many units long."""
    named = zip(("from_place", "to_place"), ends, strict=False)
    stated = {"mode": "road", **{key: end for key, end in named if end}, **properties}
    return feature(road_id, line((20.0, 42.0), (20.0 + km / 100, 42.0)), **stated)


def own(tmp_path: Path, *roads: Feature, layer: str = "net") -> pkzone.Catalogue:
    return pkzone.catalogue(write(tmp_path / "own", {layer: {"2024-05-01": list(roads)}}))


def asked(catalogue: pkzone.Catalogue, here: str, there: str, **options: Any) -> Passage:
    return pkzone.passable(here, there, "2024-06-01", catalogue=catalogue, **options)


def refs(passage: Passage) -> list[str]:
    return [one.ref.partition("/")[2] for one in passage.path]


@pytest.mark.parametrize(
    ("properties", "there", "back"),
    [
        (OPEN, "yes", "yes"),
        ({**OPEN, "direction": "forward"}, "yes", "no"),
        ({**OPEN, "direction": "backward"}, "no", "yes"),
        ({**OPEN, "direction": "both"}, "yes", "yes"),
        ({**RESTRICTED, "traffic": ["civilian", "aid"], "direction": "forward"}, "yes", "no"),
        ({**OPEN, "traffic": ["aid"]}, "no", "no"),
        ({**CLOSED, "traffic": ["none"]}, "no", "no"),
        (RESTRICTED, "restricted", "restricted"),
        (UNREPORTED, "not known", "not known"),
        ({**UNREPORTED, "traffic": ["civilian"]}, "yes", "yes"),
        *[({"status": status}, "no", "no") for status in sorted(OUT_OF_USE)],
        ({"status": "flooded"}, "not known", "not known"),
        ({"status": ["open"]}, "not known", "not known"),
        ({}, "not known", "not known"),
    ],
)  # fmt: skip
def test_what_a_state_answers(
    properties: dict[str, Any], there: str, back: str, tmp_path: Path
) -> None:
    catalogue = own(tmp_path, road("r", "a", "b", **properties))
    assert asked(catalogue, "a", "b").answer == there
    assert asked(catalogue, "b", "a").answer == back


def test_an_open_detour_is_better_than_a_short_restricted_road(tmp_path: Path) -> None:
    catalogue = own(
        tmp_path,
        road("short", "a", "b", **RESTRICTED),
        road("long-1", "a", "c", km=30, **OPEN),
        road("long-2", "c", "b", km=30, **OPEN),
    )
    assert refs(asked(catalogue, "a", "b")) == ["long-1", "long-2"]


def test_among_equals_fewer_unknowns_count_then_the_length(tmp_path: Path) -> None:
    catalogue = own(
        tmp_path,
        road("one-unknown", "a", "b", km=50, **UNREPORTED),
        road("open", "b", "c", km=50, **OPEN),
        road("two-unknowns-1", "a", "d", **UNREPORTED),
        road("two-unknowns-2", "d", "c", **UNREPORTED),
        road("beside", "b", "c", km=49, **OPEN),
    )
    assert refs(asked(catalogue, "a", "c")) == ["one-unknown", "beside"]


def test_a_barred_road_tells_more_than_one_that_is_not_built(tmp_path: Path) -> None:
    catalogue = own(
        tmp_path,
        road("planned", "a", "b", km=1, status="planned"),
        road("closed-1", "a", "c", km=20, **CLOSED),
        road("closed-2", "c", "b", km=20, **CLOSED),
    )
    assert refs(asked(catalogue, "a", "b")) == ["closed-1", "closed-2"]


def test_layers_of_any_name_make_one_graph(tmp_path: Path) -> None:
    layers = {
        "ferries": {"2024-05-01": [road("f", "a", "b", mode="ferry", **OPEN)]},
        "tracks": {"2024-05-02": [road("t", "b", "c", mode="rail", **OPEN)]},
        "posts": {"2024-05-01": [feature("a", point(20, 42), name="Ærø / Arroe", mode="air")]},
    }
    catalogue = pkzone.catalogue(write(tmp_path / "own", layers))
    assert [one.ref for one in asked(catalogue, "arroe", "C").path] == ["ferries/f", "tracks/t"]
    # on its first day the second layer has nothing yet
    assert pkzone.passable("a", "b", "2024-05-01", catalogue=catalogue).answer == "yes"


def test_ends_that_are_not_stated_follow_from_the_sequence(tmp_path: Path) -> None:
    def part(road_id: str, sequence: int, *ends: str | None, **properties: Any) -> Feature:
        return road(road_id, *ends, route="r", sequence=sequence, mode=None, **properties)

    catalogue = own(
        tmp_path,
        part("c", 3, None, None, **RESTRICTED),
        part("a", 1, "north", None, **OPEN),
        part("b", 2, None, "middle", **OPEN),
        part("planned", 3, None, None, status="planned"),
        part("d", 4, None, "south", **OPEN),
    )
    passage = asked(catalogue, "north", "south")
    assert refs(passage) == ["a", "b", "c", "d"]
    assert [one.end for one in passage.path] == ["a | b", "middle", "c | d", "south"]
    assert passage.answer == "restricted"


def test_places_that_nothing_joins_are_not_known(tmp_path: Path) -> None:
    catalogue = own(tmp_path, road("r", "a", "b", **OPEN), road("s", "c", "d", **OPEN))
    passage = asked(catalogue, "a", "c")
    assert (passage.answer, passage.path, passage.length_drawn_km) == ("not known", (), None)
    assert "No road or other link" in passage.table.to_text()
    assert passage.table.to_csv().count("\n") == 1


def test_published_lengths_are_summed_as_the_coarsest_of_them(tmp_path: Path) -> None:
    roads = [
        road("r", "a", "b", length_published_km=21.3, **OPEN),
        road("s", "b", "c", length_published_km=4.7, **OPEN),
        road("t", "c", "d", length_published_km=36, **OPEN),
        road("u", "d", "e", length_published_km=None, **OPEN),
    ]
    catalogue = own(tmp_path, *roads)
    sums = [asked(catalogue, "a", end).length_published for end in ("c", "d")]
    assert [one and one.text for one in sums] == ["26.0 km", "62 km"]
    assert asked(catalogue, "a", "e").length_published is None


def test_a_word_of_the_catalogue_s_own_is_a_kind_of_traffic(tmp_path: Path) -> None:
    catalogue = own(tmp_path, road("r", "a", "b", **RESTRICTED, traffic=["pilgrims"]))
    assert asked(catalogue, "a", "b", traffic="pilgrims").answer == "yes"
    assert asked(catalogue, "a", "b").answer == "no"


PLACES = "abcde"


@st.composite
def networks(draw: st.DrawFn) -> list[Feature]:
    states = st.sampled_from([OPEN, CLOSED, RESTRICTED, UNREPORTED])
    ways = st.sampled_from(["both", "forward", "backward"])
    pairs = st.lists(st.sampled_from(PLACES), min_size=2, max_size=2, unique=True)
    return [
        road(
            f"r{number}",
            *draw(pairs),
            km=draw(st.integers(1, 9)),
            direction=draw(ways),
            **draw(states),
        )
        for number in range(draw(st.integers(1, 9)))
    ]


@settings(max_examples=60)
@given(networks(), st.permutations(PLACES))
def test_no_path_is_better_than_the_best(roads: list[Feature], places: list[str]) -> None:
    here, there, *_ = places
    segments = segments_of(
        "net", [Parsed(one["id"], one["properties"], one["geometry"]) for one in roads]
    )
    path = best_path(graph_of(segments, "civilian"), here, there)
    walk: dict[str, list[Road]] = {}
    lengths = {}
    for one in roads:
        ends = one["properties"]["from_place"], one["properties"]["to_place"]
        lengths[one["id"]] = one["geometry"]["coordinates"][1][0] - 20
        for forward, (a, b) in ((True, ends), (False, ends[::-1])):
            answer = plain_answer(one["properties"], "civilian", forward)
            walk.setdefault(a, []).append(Road(one["id"], b, {"civilian": answer}))

    def quality(answers: list[str], ids: list[str]) -> tuple[Any, ...]:
        counts = [answers.count(answer) for answer in reversed(ANSWERS[1:])]
        return (*counts, round(sum(lengths[one] for one in ids), 6))

    ways = [
        quality([one.answers["civilian"] for one in way], [one.ref for one in way])
        for way in all_paths(walk, here, there)
    ]
    if not path:
        assert not ways
    else:
        ids = [one.ref.partition("/")[2] for one in path]
        assert quality([one.answer for one in path], ids) == min(ways)


# What is wrong.


@pytest.mark.parametrize(
    ("asked_for", "error", "message"),
    [
        (
            ("goris", "nowhere at all", "2021-01-01"),
            errors.PlaceNotFound,
            r"nowhere at all; .*Aghdam, ",
        ),
        (("goris", "Stepanakart", "2021-01-01"), errors.PlaceNotFound, "did you mean Khankendi"),
        (
            ("goris", "Khojaly", "2021-01-01"),
            errors.PlaceNotFound,
            r"ends at Ivanyan / Khojaly; .*Aghdam, ",
        ),
        (("Xankəndi", "stepanakert", "2021-01-01"), errors.PlaceNotFound, "the same place"),
        (("goris", "tegh", "2020-11-09"), errors.VersionNotFound, "2020-11-10"),
        (("goris", "tegh", "2021-02-30"), errors.BadDate, "calendar"),
        (("goris", "tegh"), errors.BadOption, "either a date"),
    ],
)
def test_a_question_that_has_no_answer(
    asked_for: tuple[str, ...], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        pkzone.passable(*asked_for)


@pytest.mark.parametrize(
    ("span", "error", "message"),
    [
        ({"start": "2023-01-01", "end": "2022-12-31"}, errors.BadDate, "ends before it begins"),
        ({"start": "2019", "end": "2020-11-09"}, errors.VersionNotFound, "2020-11-10"),
        ({"start": "2023-01-01"}, errors.BadOption, "last day"),
        ({"start": "2023", "end": "9999"}, errors.BadDate, "too late"),
        ({"on": "2023-01-01", "start": "2023", "end": "2024"}, errors.BadOption, "either a date"),
    ],
)
def test_a_span_that_is_none(span: dict[str, str], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        pkzone.passable("goris", "tegh", **span)


def test_an_unknown_traffic_is_a_bad_option_with_the_near_one() -> None:
    with pytest.raises(errors.BadOption, match="did you mean civilian"):
        pkzone.passable("goris", "tegh", "2021-01-01", traffic="civilians")


def test_a_place_beside_a_road_is_told_the_ends_of_that_road(tmp_path: Path) -> None:
    # Along the parallel of 42 a minute of arc north of it is 1.85 km away, half a degree 55 km.
    drawn = line((20.5, 42 + 1 / 60), (20.5, 43))
    roads = [
        road("r", "a", "b", km=100, **OPEN),
        feature("p", drawn, mode="road", from_place="beside", to_place="far", status="planned"),
    ]
    posts = [
        feature("a", point(20, 42), name="A"),
        feature("b", point(21, 42), name="B"),
        feature("beside", point(20.5, 42 + 1 / 60), name="Beside"),
        feature("far", point(20.5, 43), name="Far"),
    ]
    layers = {"net": {"2024-05-01": roads}, "posts": {"2024-05-01": posts}}
    catalogue = pkzone.catalogue(write(tmp_path / "own", layers))
    passage = asked(catalogue, "a", "beside")
    assert passage.answer == "not known"
    (near,) = passage.passing
    assert (near.place.id, near.segment.ref) == ("beside", "net/r")
    # Over half a degree the geodesic bows some 170 m north of the parallel.
    assert near.distance_m == pytest.approx(1851, abs=250)
    told = " ".join(str(passage).split())
    assert f"net/r passes {near.distance_m / 1000:.1f} km from Beside as drawn" in told
    assert "has no end there: ask for A or B." in told
    assert asked(catalogue, "a", "far").passing == ()
    assert asked(catalogue, "a", "b").passing == ()


def test_the_places_offered_are_ends_of_roads_that_are_there() -> None:
    with pytest.raises(errors.PlaceNotFound, match="they end at") as refused:
        pkzone.passable("goris", "nowhere at all", "2021-06-01")
    offered = str(refused.value).partition("they end at ")[2].split(", ")
    assert {"Goris", "Khankendi / Stepanakert", "Tegh"} <= set(offered)
    # the road to it is being built on that day, and Minjivan's railway is planned
    assert not {"Berdzor / Lachin", "Minjivan"} & set(offered)


def test_a_name_of_two_places_is_ambiguous(tmp_path: Path) -> None:
    layers = {
        "net": {"2024-05-01": [road("r", "a", "b", **OPEN), road("s", "b", "c", **OPEN)]},
        "posts": {
            "2024-05-01": [
                feature("a", point(20, 42), name="Novi Grad"),
                feature("c", point(21, 42), name="Novi Grad"),
            ]
        },
    }
    catalogue = pkzone.catalogue(write(tmp_path / "own", layers))
    with pytest.raises(errors.PlaceNotFound, match=r"posts/a .* or posts/c"):
        asked(catalogue, "novi grad", "b")


def test_a_catalogue_without_routes(tmp_path: Path) -> None:
    with pytest.raises(errors.LayerNotFound, match="no roads or other links"):
        asked(own(tmp_path, feature("a", point(20, 42), name="A", mode="air")), "a", "b")


def test_what_a_notebook_and_a_console_show() -> None:
    passage = pkzone.passable("goris", "stepanakert", "2022-12-13")
    assert len(repr(passage)) < 300
    assert str(passage).startswith("Goris to Khankendi / Stepanakert, civilian, 2022-12-13: no\n")
    assert (
        "<p>Goris to Khankendi / Stepanakert, civilian, 2022-12-13: no</p>" in passage._repr_html_()
    )
    span = pkzone.passable("goris", "stepanakert", start="2022-12", end="2023-01")
    assert len(repr(span)) < 300
    assert "<pre>" in span._repr_html_()
    assert list(span.to_frame()["answer"]) == ["yes", "no"]


def test_names_from_a_file_steer_nothing(tmp_path: Path) -> None:
    hostile = "<script>\x1b[2J|x"
    catalogue = own(tmp_path, road("r", "a", "b", **RESTRICTED, controller=hostile, mode=hostile))
    passage = asked(catalogue, "a", "b")
    texts = (
        str(passage),
        passage.table.to_markdown(),
        passage.table.to_csv(),
        passage._repr_html_(),
    )
    assert not any("\x1b" in text for text in texts)
    assert "<script>" not in passage._repr_html_() + passage.table.to_markdown()


# The command.


def test_the_command_says_the_answer_first(in_process: Run) -> None:
    result = in_process("passable", "Goris", "Stepanakert", "2022-12-13")
    assert result.code == 0
    first, second, *_ = result.out.splitlines()
    assert first == "Goris to Khankendi / Stepanakert, civilian, 2022-12-13: no"
    assert second.startswith("Blocked by km 36 - Boyuk Galadarasi / Mets Shen - Hin Shen")
    assert (
        "about 59 km as drawn, 16 km of it schematic; length on the ground not known"
        in " ".join(result.out.split())
    )


def test_the_answer_as_json(in_process: Run) -> None:
    result = in_process("passable", "Goris", "Stepanakert", "2022-12-13", "--for", "aid", "--json")
    answer = json.loads(result.out)
    assert answer["schema"] == "pkzone.passable/1"
    assert answer["from"] == {"id": "goris", "name": "Goris"}
    assert (answer["answer"], answer["on_restricted_roads"]) == ("yes", True)
    assert [one["answer"] for one in answer["rows"]] == ["yes"] * 5


def test_a_span_as_csv(in_process: Run) -> None:
    arguments = ("Stepanakert", "Goris", "--from", "2023-06", "--to", "2023-07-10", "-f", "csv")
    result = in_process("passable", *arguments, "--for", "medical")
    rows = list(csv.DictReader(io.StringIO(result.out)))
    assert [(one["valid_from"], one["valid_to"], one["answer"]) for one in rows] == [
        ("2023-06-01", "2023-06-15", "restricted"),
        ("2023-06-15", "2023-06-25", "no"),
        ("2023-06-25", "2023-07-11", "restricted"),
    ]


def test_the_chart_has_a_sign_for_five_days(in_process: Run) -> None:
    arguments = ("Stepanakert", "Goris", "--from", "2022-12-01", "--to", "2023-10-31")
    lines = in_process("passable", *arguments).out.splitlines()
    year = next(one for one in lines if one.startswith("2022 "))
    # 1 December is day 334 of the year (from 0): in the sign of days 330 to 334; 12 is day 345
    assert year == "2022 " + " " * 66 + "###" + "." * 4
    assert max(map(len, (one for one in lines if one[:2] == "20" and one[4] == " "))) == 78
    assert lines[lines.index(year) + 4].startswith("A sign is the answer of most of five days;")
    assert "# yes   + yes, on restricted roads   ~ restricted   ? not known   . no" in lines


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("Goris", "Stepanakert"), 2),
        (("Goris", "Stepanakert", "2022-12-13", "--from", "2022-01-01"), 2),
        (("Goris", "Stepanakert", "2022-12-13", "--for", "tanks"), 2),
        (("Goris", "Nowhere", "2022-12-13"), 3),
        (("Goris", "Stepanakert", "2019-01-01"), 3),
        (("Goris", "Stepanakert", "--from", "2023-02-01", "--to", "2023-01-01"), 3),
    ],
)
def test_exit_codes(arguments: tuple[str, ...], code: int, in_process: Run) -> None:
    result = in_process("passable", *arguments)
    assert result.code == code
    assert result.out == ""
    assert result.err.startswith("pkzone: error: ")
    assert result.err.count("\n") == 1
