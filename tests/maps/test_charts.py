"""The series of a page are those of ``figures.csv`` and of ``pkzone series``."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.layers.catalogue import Catalogue, catalogue
from pkzone.maps import payload
from pkzone.maps.selection import select
from tests.helpers.drawn_catalogue import add_figures, feature, line, point, square, write
from tests.helpers.program import Run

SHIPPED = catalogue()


def built(source: Catalogue, *refs: str) -> dict[str, Any]:
    return payload.build(source, select(source, refs), compare="none")


def stated() -> dict[tuple[str, str], list[list[Any]]]:
    """The figures of the file by subject and unit, read by the standard library alone."""
    found = defaultdict(list)
    with (Path(SHIPPED.root) / "figures.csv").open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            point = [row["date"], float(row["value"]), row["precision"], row["counted_by"],
                     row["source_ids"].split()]  # fmt: skip
            found[row["subject"], row["unit"]].append(point)
    return {
        key: sorted(points, key=lambda one: str(one[0]))
        for key, points in found.items()
        if len({one[0] for one in points}) > 1
    }


def test_figures_are_those_of_the_file() -> None:
    content = built(SHIPPED)
    figures = [one for one in content["charts"] if "subject" in one]
    assert {(one["subject"], one["unit"]): one["points"] for one in figures} == stated()
    assert len(figures) == len(stated()) > 5
    known = {one["id"] for one in content["sources"]}
    assert {id_ for one in figures for *_, sources in one["points"] for id_ in sources} <= known


@pytest.mark.parametrize(
    ("layer", "measure", "schematic"),
    [
        ("zone", "area_km2", None),
        ("control", "area_km2", None),
        ("corridor", "length_drawn_in_use_km", "length_schematic_in_use_km"),
        ("transport", "length_drawn_in_use_km", "length_schematic_in_use_km"),
    ],
)
def test_measures_are_those_of_the_command(
    in_process: Run, layer: str, measure: str, schematic: str | None
) -> None:
    rows = json.loads(in_process("series", layer, "-f", "json").out)["rows"]
    (chart,) = (one for one in built(SHIPPED, layer)["charts"] if one.get("layer") == layer)
    assert chart["measure"] == measure
    assert chart["values"] == [row[measure] for row in rows]
    assert chart.get("schematic") == (schematic and [row[schematic] for row in rows])
    versions = [one.id for one in SHIPPED[layer].versions]
    assert [row["version"] for row in rows] == versions


def test_what_the_map_opens_on_comes_first() -> None:
    layers = [one.get("layer") for one in built(SHIPPED)["charts"]]
    assert layers[:2] == ["zone", "corridor"]
    assert layers[4:] == [None] * (len(layers) - 4)


def test_a_map_of_one_layer_has_the_figures_whose_sources_it_cites() -> None:
    subjects = [one.get("subject") for one in built(SHIPPED, "zone")["charts"]]
    assert subjects == [None, "posts", "returnees"]
    assert "posts" not in [one.get("subject") for one in built(SHIPPED, "transport")["charts"]]


@pytest.mark.parametrize("refs", [("zone@2022-09-01",), ("corridor@latest", "zone@latest")])
def test_a_map_without_a_slider_has_no_series(refs: tuple[str, ...]) -> None:
    assert built(SHIPPED, *refs)["charts"] == []


def test_a_catalogue_of_ones_own(tmp_path: Path) -> None:
    wide, narrow = square(46.2, 39.2, 0.4), square(46.2, 39.2, 0.2)
    road = line((46.1, 39.1), (46.2, 39.1))
    root = write(
        tmp_path / "c",
        {
            "camps": {"2020-01-01": [feature("a", wide, uncertainty_m=700)],
                      "2020-03-01": [feature("a", narrow, uncertainty_m=300)]},
            "paths": {"2020-01-01": [feature("p", road)], "2020-02-01": [feature("p", road)]},
            "tents": {"2020-01-01": [], "2020-02-01": [feature("t", point(46.5, 39.5))]},
            "once": {"2020-01-01": [feature("o", wide)]},
        },
        sources=[{"id": "s", "type": "webpage", "title": "S"}],
    )  # fmt: skip
    add_figures(
        root,
        ("2020-02-01", "people_fed", "12.5", "people", "about", "We", "s"),
        ("2020-01-01", "people_fed", "10", "people", "exact", "We", "s"),
        ("2020-01-01", "meals", "10", "meals", "exact", "We", "s"),
        ("2020-01-01", "meals", "11", "meals", "exact", "They", "s"),
    )
    content = built(catalogue(root))
    areas = pkzone.series("camps", catalogue=root).to_frame()["area_km2"]
    assert areas[0] > areas[1] > 0
    # Neither paths that stay as long as they were, nor points, nor what is counted on one day only.
    assert content["charts"] == [
        {"layer": "camps", "measure": "area_km2", "values": list(areas), "uncertainty_m": 700},
        {"subject": "people_fed", "unit": "people",
         "points": [["2020-01-01", 10, "exact", "We", ["s"]],
                    ["2020-02-01", 12.5, "about", "We", ["s"]]]},
    ]  # fmt: skip
    assert [one["id"] for one in content["sources"]] == ["s"]
