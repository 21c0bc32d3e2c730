"""What leads from the end of a line to its town: only as far as both may be off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.geojson.model import Feature
from pkzone.layers.catalogue import catalogue
from pkzone.maps.leads import lead_of, towns_of
from tests.helpers.drawn_catalogue import feature, line, point, write

# A degree of latitude is 111.2 km on the sphere of 6,371 km.
TOWN = {"town": ((46.0, 40.0), 500.0)}


def road(*course: tuple[float, float], **properties: Any) -> Feature:
    geometry = {"type": "LineString", "coordinates": [*map(list, course)]}
    return Feature("r", properties, geometry)


@pytest.mark.parametrize("end", ["from_place", "to_place"])
def test_the_nearer_end_leads_to_the_town(end: str) -> None:
    near = road((46.0, 40.01), (46.0, 41.0), uncertainty_m=1000, **{end: "town"})
    assert lead_of(near, TOWN) == {
        "type": "MultiLineString",
        "coordinates": [[[46.0, 40.01], [46.0, 40.0]]],
    }


@pytest.mark.parametrize(
    ("latitude", "metres", "is_led"),
    [(40.013, 1000, True), (40.014, 1000, False), (40.0, 1000, False), (40.004, None, True)],
)  # 1,446 m; 1,557 m; at the town; 445 m
def test_as_far_as_both_may_be_off(latitude: float, metres: int | None, is_led: bool) -> None:
    one = road((46.0, latitude), (46.0, 41.0), uncertainty_m=metres, to_place="town")
    assert (lead_of(one, TOWN) is not None) is is_led


def test_an_end_at_no_town_leads_nowhere() -> None:
    assert lead_of(road((46.0, 40.001), (46, 41), to_place="bridge"), TOWN) is None
    assert lead_of(road((46.0, 40.001), (46, 41)), TOWN) is None
    assert lead_of(Feature("p", {"to_place": "town"}, None), TOWN) is None


def test_a_catalogue_without_places_has_no_towns(tmp_path: Path) -> None:
    features = [feature("r", line((46.4, 39.6), (46.6, 39.7)), status="open")]
    assert towns_of(catalogue(write(tmp_path / "own", {"road": {"2024-01-01": features}}))) == {}


def test_lengths_are_those_of_the_lines(tmp_path: Path) -> None:
    def drawn(name: str, town: tuple[float, float]) -> Any:
        course = line((46.4, 39.6), (46.6, 39.7))
        features = [feature("r", course, status="open", to_place="t", uncertainty_m=2000)]
        places = [feature("t", point(*town), name="T", kind="city")]
        source = write(tmp_path / name, {"road": {"2024-01-01": features},
                                         "places": {"2024-01-01": places}})  # fmt: skip
        return pkzone.load("road@2024-01-01", catalogue=catalogue(source))

    assert drawn("at", (46.6, 39.7)).geometry.equals(drawn("off", (46.61, 39.7)).geometry)


@pytest.mark.browser
@pytest.mark.parametrize("make", ["page", "difference"])
def test_a_page_leads_the_corridor_to_the_dot_of_goris(open_page: Any, make: str) -> None:
    if make == "page":
        opened = open_page(pkzone.map("corridor"), size=(1440, 900))
    else:
        diff = pkzone.diff("corridor@2020-11-10", "corridor@2022-09-01")
        opened = open_page(diff.map(), size=(1440, 900), ready="#pk-list, #pk-numbers p")
    gaps = opened.page.evaluate("""() => {
      const towns = [...document.querySelectorAll('path[data-layer="places"]')]
        .map((dot) => dot.getBoundingClientRect())
        .map((at) => [at.x + at.width / 2, at.y + at.height / 2]);
      return [...document.querySelectorAll("path.pk-lead")].flatMap((lead) => {
        const runs = lead.getAttribute("d").split("M").filter(Boolean);
        const matrix = lead.getScreenCTM();
        return runs.map((run) => {
          const [x, y] = run.split("L").at(-1).split(/[ ,]/).map(Number);
          const end = new DOMPoint(x, y).matrixTransform(matrix);
          return Math.min(...towns.map(([tx, ty]) => Math.hypot(tx - end.x, ty - end.y)));
        });
      });
    }""")
    assert gaps
    assert max(gaps) < 2
    assert opened.troubles == []
