"""What a map carries of the differences between its versions is what the library finds."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.errors import BadOption
from pkzone.layers.catalogue import Catalogue, Version, catalogue
from pkzone.maps import geometry, packing, payload, version_diffs
from pkzone.maps.selection import select
from tests.helpers.drawn_catalogue import feature, line, point, square, write
from tests.helpers.pages import payload_of

SHIPPED = catalogue()
MOVING = [name for name in SHIPPED if name not in ("physical", "boundaries")]


def built(source: Catalogue, *refs: str, compare: str | None = "consecutive") -> dict[str, Any]:
    held = source.cached()
    packed = packing.to_json(packing.pack(payload.build(held, select(held, refs), compare=compare)))
    block = f'<script type="application/json" id="pkzone-payload">{packed.decode()}'
    return payload_of(block + "</script>")


@pytest.fixture(scope="module")
def shipped() -> dict[str, Any]:
    return built(SHIPPED)


def told_of(content: dict[str, Any], layer: str) -> dict[str, Any]:
    number = [one["name"] for one in content["layers"]].index(layer)
    found: dict[str, Any] = content["compare"]["layers"][number]
    return found


def record_of(info: dict[str, Any], base: int, target: int) -> dict[str, Any] | None:
    """Return the record of two versions by their numbers, and whether base comes first."""
    pair = [info["situations"][base], info["situations"][target]]
    if pair[0] == pair[1]:
        return {}
    of_versions = [one for one in info["pairs"] if one.get("versions") == [base, target]]
    of_situations = [one for one in info["pairs"] if one.get("of") == sorted(pair)]
    return next(iter(of_versions or of_situations), None)


def expected(base: Version, target: Version) -> dict[str, Any]:
    return pkzone.diff(base, target, catalogue=SHIPPED).to_dict()


SECTION = ("kind", "from_m", "to_m", "target_from_m", "target_to_m", "length_m", "near",
           "length_published_km", "published_text", "schematic_m", "restated")  # fmt: skip
ROUTE = ("route", "length_base_m", "length_target_m", "kept_m", "kept_target_m", "removed_m",
         "added_m", "max_offset_m")  # fmt: skip


def assert_same(info: dict[str, Any], versions: Any, base: int, target: int) -> None:
    """Hold a record against the library, whichever of the two situations occurs first."""
    record = record_of(info, base, target)
    assert record is not None
    turned = info["situations"][base] > info["situations"][target]
    sides = (versions[target], versions[base]) if turned else (versions[base], versions[target])
    found = expected(*sides)
    moved = [one for one in found["routes"] if one["removed_m"] or one["added_m"]]
    assert [{key: one[key] for key in ROUTE} for one in record.get("routes", [])] == [
        {key: one[key] for key in ROUTE} for one in moved
    ]
    for ours, theirs in zip(record.get("routes", []), moved, strict=True):
        assert [{key: one.get(key) for key in SECTION} for one in ours["sections"]] == [
            {key: one.get(key) for key in SECTION} for one in theirs["sections"]
        ]
    assert record.get("areas") == found.get("areas")
    assert record.get("affected", []) == found["affected"]
    shapes = {one["id"]: one.get("geometry") for one in record.get("shapes", [])}
    assert shapes == {one["id"]: one.get("geometry") for one in found["changes"]
                      if one["kind"] == "modified" and "geometry" in one["aspects"]}  # fmt: skip


@pytest.mark.parametrize("layer", MOVING)
def test_every_consecutive_pair_is_what_the_library_finds(
    shipped: dict[str, Any], layer: str
) -> None:
    versions = SHIPPED[layer].versions
    for base, target in pairwise(range(len(versions))):
        assert_same(told_of(shipped, layer), versions, base, target)


def test_published_lengths_are_those_of_the_library(shipped: dict[str, Any]) -> None:
    published = told_of(shipped, "corridor")["published"]
    versions = SHIPPED["corridor"].versions
    for base, target in pairwise(range(len(versions))):
        for route in expected(versions[base], versions[target])["routes"]:
            name = route["route"]
            for side, number in (("base", base), ("target", target)):
                stated = published[number].get(name, {}).get("km")
                assert stated == route.get(f"length_published_{side}_km")


def roads_of(version: Any) -> list[Any]:
    return [
        [one.id, one.geometry, one.properties["status"] in ("open", "restricted")]
        for one in version.features().features
    ]


def statuses_on(version: Any) -> dict[str, str]:
    places = SHIPPED["places"].on(version.valid_from).features().features
    return {str(one.id): one.properties["status"] for one in places}


def test_all_pairs_of_a_layer() -> None:
    content = built(SHIPPED, "corridor", compare="all")
    info = told_of(content, "corridor")
    versions = SHIPPED["corridor"].versions
    older = SHIPPED["corridor"].on("2020-12-01")
    newer = SHIPPED["corridor"].on("2022-09-01")
    assert_same(info, versions, versions.index(older), versions.index(newer))
    # Where roads lie and which are in use, and what the places say of themselves: ten situations.
    situations = {json.dumps([roads_of(one), statuses_on(one)]) for one in versions}
    assert len(situations) == 10
    assert max(info["situations"]) == 9
    assert [one["of"] for one in info["pairs"]] == [
        [base, target] for base in range(10) for target in range(base + 1, 10)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("layer", MOVING)
def test_every_pair_is_what_the_library_finds(layer: str) -> None:
    info = told_of(built(SHIPPED, layer, compare="all"), layer)
    versions = SHIPPED[layer].versions
    for base in range(len(versions)):
        for target in range(base + 1, len(versions)):
            assert_same(info, versions, base, target)


def road(name: str, *positions: list[float], **said: Any) -> Any:
    return feature(name, line(*positions), route="a-b", uncertainty_m=100, **said)


WEST, EAST, DETOUR = [46.0, 39.5], [46.4, 39.5], [46.2, 39.6]


@pytest.fixture
def drawn(tmp_path: Path) -> Catalogue:
    """A road that is closed, detoured and put back; a field that grows; a post that moves."""
    straight, bent = (
        road("way", WEST, EAST, status="open"),
        road("way", WEST, DETOUR, EAST, status="open"),
    )
    closed = road("way", WEST, EAST, status="closed")
    layers = {
        "corridor": {"2020-01-01": [straight], "2021-01-01": [closed], "2022-01-01": [bent],
                     "2023-01-01": [straight]},
        "zone": {"2020-01-01": [feature("field", square(46.1, 39.1, 0.2))],
                 "2021-01-01": [feature("field", square(46.1, 39.1, 0.2), note="seen")],
                 "2022-01-01": [feature("field", square(46.1, 39.1, 0.3))]},
        "sites": {"2020-01-01": [feature("post", point(46.2, 39.2)),
                                 feature("store", point(46.3, 39.2))],
                  "2022-01-01": [feature("camp", point(46.2, 39.2), note="larger"),
                                 feature("shed", point(46.3, 39.2))]},
    }  # fmt: skip
    return catalogue(write(tmp_path / "drawn", layers))


def test_situations_are_told_apart_by_what_is_measured(drawn: Catalogue) -> None:
    content = built(drawn)
    assert told_of(content, "corridor")["situations"] == [0, 1, 2, 0]
    assert told_of(content, "zone")["situations"] == [0, 0, 1]
    assert [one["of"] for one in told_of(content, "corridor")["pairs"]] == [[0, 1], [0, 2], [1, 2]]


def test_lengths_are_those_of_the_roads_in_use(drawn: Catalogue) -> None:
    from pyproj import Geod

    geod = Geod(ellps="WGS84")
    lengths = told_of(built(drawn), "corridor")["lengths"]
    straight = geod.line_length(*zip(WEST, EAST, strict=True))
    bent = geod.line_length(*zip(WEST, DETOUR, EAST, strict=True))
    assert lengths == [
        {"a-b": pytest.approx(straight, abs=1e-3)}, {}, {"a-b": pytest.approx(bent, abs=1e-3)}
    ]  # fmt: skip


def test_what_was_renamed_is_told_version_by_version(drawn: Catalogue) -> None:
    (pair,) = told_of(built(drawn), "sites")["pairs"]
    assert pair["versions"] == [0, 1]
    assert pair["matched"] == [
        {"id": "post", "kind": "renamed", "base": ["post"], "target": ["camp"]}
    ]
    assert pair["ids_changed"] == [["store", "shed"]]


def test_marks_lie_where_the_ground_was_gained(drawn: Catalogue) -> None:
    content = built(drawn)
    (pair,) = told_of(content, "zone")["pairs"]
    (mark,) = pair["marks"]
    assert (mark["sheet"], mark["change"], mark["side"]) == ("added", "gained", "target")
    shape = geometry.reader(content)(mark["geometry"])
    (ring,) = shape["coordinates"]
    # The larger square without the smaller one: an L of six corners.
    assert {tuple(one) for one in ring} == {
        (46.3, 39.1), (46.4, 39.1), (46.4, 39.4), (46.1, 39.4), (46.1, 39.3), (46.3, 39.3)
    }  # fmt: skip


def test_without_comparisons_nothing_is_measured(drawn: Catalogue) -> None:
    content = built(drawn, compare="none")
    assert content["compare"]["mode"] == "none"
    assert told_of(content, "corridor")["pairs"] == []


def test_base_drawing_fixed_layers_and_single_versions_are_not_compared() -> None:
    content = built(SHIPPED, "corridor", "zone@2022-09-01")
    told = dict(zip([one["name"] for one in content["layers"]], content["compare"]["layers"],
                    strict=True))  # fmt: skip
    assert {name for name, one in told.items() if one} == {"corridor"}


def test_unknown_mode_is_refused() -> None:
    with pytest.raises(BadOption, match="compare 'some': choose one of none, consecutive, all"):
        pkzone.map(["corridor"], compare="some")


def test_too_many_comparisons_are_refused(drawn: Catalogue, monkeypatch: Any) -> None:
    monkeypatch.setattr(version_diffs, "MOST", 4)
    with pytest.raises(BadOption, match="5 comparisons, and a page holds 4 at most"):
        built(drawn, compare="all")


def test_a_series_that_would_take_long_is_not_measured_unasked(
    drawn: Catalogue, monkeypatch: Any
) -> None:
    monkeypatch.setattr(version_diffs, "_MOST_POSITIONS", 10)
    assert built(drawn, compare=None)["compare"]["mode"] == "none"
    assert built(drawn, compare="consecutive")["compare"]["mode"] == "consecutive"


def test_progress_is_told(drawn: Catalogue) -> None:
    seen: list[tuple[int, int]] = []
    pkzone.map(catalogue=drawn, compare="all", progress=lambda *done: seen.append(done))
    assert seen == [(number, 5) for number in range(1, 6)]
