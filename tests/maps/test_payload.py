"""The payload gives back what the library reads, stored once; the style table covers it."""

from __future__ import annotations

import json
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from pkzone.errors import BadDate, BadReference, LayerNotFound, Unreadable, VersionNotFound
from pkzone.layers import terms
from pkzone.layers.catalogue import Catalogue, catalogue
from pkzone.maps import packing, payload, style
from pkzone.maps.selection import select
from tests.helpers.drawn_catalogue import feature, point, write
from tests.helpers.pages import modifiers_for, payload_of, rule_for, version_features

SHIPPED = catalogue()
STATUSES = tuple(one.word for one in terms.STATUSES)


def built(source: Catalogue, *refs: str, on: str | None = None) -> dict[str, Any]:
    return payload.build(source, select(source, refs, on), compare="none")


@pytest.fixture(scope="module")
def shipped() -> dict[str, Any]:
    packed = packing.pack(built(SHIPPED))
    block = f'<script type="application/json" id="pkzone-payload">{json.dumps(packed)}</script>'
    return payload_of(block)


@pytest.mark.parametrize("layer", SHIPPED)
def test_payload_gives_back_every_version(shipped: dict[str, Any], layer: str) -> None:
    for version in SHIPPED[layer].versions:
        rebuilt = version_features(shipped, layer, version.id)
        assert rebuilt == version.features().features


@pytest.mark.parametrize("layer", SHIPPED)
def test_payload_keeps_validity_and_titles(shipped: dict[str, Any], layer: str) -> None:
    stored = next(one for one in shipped["layers"] if one["name"] == layer)
    assert stored["title"] == SHIPPED[layer].title
    assert [(one["id"], one["from"], one["to"], one["title"]) for one in stored["versions"]] == [
        (one.id, str(one.valid_from), one.valid_to and str(one.valid_to), one.title)
        for one in SHIPPED[layer].versions
    ]


def test_payload_stores_each_state_and_geometry_once(small: Catalogue) -> None:
    content = built(small)
    zone, corridor = content["layers"]
    # By hand from tests/conftest.py: the square, the old road, the new road.
    assert len(content["geometries"]) == 3
    # Old road open, old road former, new road open, new road restricted (the corrected record).
    assert [one["id"] for one in corridor["features"]] == ["lachin-old", "lachin-new"]
    assert [len(one["states"]) for one in corridor["versions"]] == [1, 2, 1]
    assert len(corridor["states"]) == 4
    assert len(zone["states"]) == 1
    assert zone["versions"][1]["states"] == []


def test_payload_stores_shared_properties_once(small: Catalogue) -> None:
    corridor = built(small)["layers"][1]
    new = corridor["features"][1]
    assert new["shared"] == {
        "certainty": "reported", "name": "Berdzor / Lachin", "name_hy": "Բերձոր", "sequence": 1,
        "since": "2022-08-30", "sources": ["bbc-2020"], "uncertainty_m": 250,
    }  # fmt: skip
    own = [one.get("properties") for one in corridor["states"] if one["feature"] == 1]
    assert own == [{"status": "open"}, {"status": "restricted"}]


def test_payload_tells_true_from_one_and_null_from_absent(tmp_path: Path) -> None:
    values: list[dict[str, Any]] = [{"a": 1}, {"a": True}, {"a": None}, {}, {"a": [1]}]
    versions = {
        f"2020-01-0{day}": [feature("f", point(46.5, 39.5), **one)]
        for day, one in enumerate(values, 1)
    }
    content = built(catalogue(write(tmp_path / "c", {"sites": versions})))
    rebuilt = [version_features(content, "sites", day)[0].properties for day in versions]
    assert [repr(one) for one in rebuilt] == [repr(one) for one in values]


def test_only_cited_sources_and_named_events_are_carried(tmp_path: Path) -> None:
    site = feature("s", point(46.5, 39.5), sources=["by-feature"])
    event = {"id": "e", "date": "2020-01-01", "title": "T", "summary": "S", "sources": ["by-event"],
             "layers": ["sites"], "features": [], "certainty": "reported"}  # fmt: skip
    root = write(
        tmp_path / "c", {"sites": {"2020-01-01": [site]}}, version_events={"2020-01-01": ["e"]},
        events=[event, {**event, "id": "other", "layers": [], "sources": ["nobody"]},
                {**event, "id": "untold", "sources": []}],
        sources=[{"id": name, "type": "webpage", "title": name}
                 for name in ("by-event", "by-feature", "nobody")],
    )  # fmt: skip
    content = built(catalogue(root))
    assert [one["id"] for one in content["sources"]] == ["by-event", "by-feature"]
    # One that touches a layer shown lies between its versions, whether or not one names it.
    assert [one["id"] for one in content["events"]] == ["e", "untold"]


# Positions as files have them: whole millionths of a degree.
POSITION = st.tuples(
    st.integers(-180_000_000, 180_000_000), st.integers(-85_000_000, 85_000_000)
).map(lambda pair: [pair[0] / 1_000_000, pair[1] / 1_000_000])


@pytest.mark.parametrize(
    ("refs", "on", "error", "words"),
    [
        ((), "2019-01-01", VersionNotFound, "2019-01-01; the first is 2020-11-10"),
        ((), "soon", BadDate, "'soon'"),
        (("rivers",), None, LayerNotFound, "rivers"),
        (("zone@1999-01-01",), None, VersionNotFound, "zone"),
        (("zone", "zone@2024-06-12"), None, BadReference, "zone is named twice"),
        (("./mine.geojson",), None, Unreadable, "./mine.geojson: there is no such file"),
        (("@",), None, BadReference, "'@'"),
    ],
    ids=["too-early", "no-date", "no-layer", "no-version", "twice", "file", "empty"],
)
def test_selection_refuses(
    small: Catalogue, refs: tuple[str, ...], on: str | None, error: type[Exception], words: str
) -> None:
    with pytest.raises(error) as caught:
        select(small, refs, on)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("refs", "on", "day"),
    [
        ((), None, "2022-09-01"),
        ((), "2023-01-01", "2023-01-01"),
        (("corridor@2021-05-05",), None, "2021-05-05"),
        (("corridor@2022-08-30.2",), None, "2022-08-30"),
        (("corridor@latest",), None, "2022-08-30"),
    ],
)
def test_selection_opens_on(
    small: Catalogue, refs: tuple[str, ...], on: str | None, day: str
) -> None:
    assert str(select(small, refs, on).on) == day


def test_selection_stops_at_every_change(small: Catalogue) -> None:
    dates = [str(day) for day in select(small).dates]
    assert dates == ["2020-11-10", "2022-08-30", "2024-06-12"]
    assert [str(day) for day in select(small, ["corridor"]).dates] == dates[:2]


def test_fixed_version_alone_leaves_nothing_to_slide(small: Catalogue) -> None:
    chosen = select(small, ["corridor@2022-09-01"])
    assert len(chosen.dates) == 1
    (shown,) = chosen.layers
    assert (shown.fixed, [one.id for one in shown.versions]) == (True, ["2022-08-30.2"])


def test_selection_adds_the_base_and_opens_on_the_focus() -> None:
    chosen = select(SHIPPED, ["transport"])
    assert [one.layer.name for one in chosen.layers] == ["physical", "boundaries", "transport"]
    west, south, east, north = select(SHIPPED).home or (0, 0, 0, 0)
    assert 46 < west < 46.6 < 47 < east < 47.4
    assert 39.3 < south < 39.6 < 40.3 < north < 40.5


def _pattern(rule: dict[str, Any]) -> str:
    """What tells a rule from others without colour."""
    strokes = [(one["width"], one["dash"]) for one in rule["strokes"]]
    hollow = "shape" in rule and rule["fill"] == "paper"
    return json.dumps([strokes, rule.get("shape"), hollow])


@pytest.mark.parametrize(("layer", "mode"), [("corridor", "road"), ("transport", "road"),
                                             ("transport", "rail")])  # fmt: skip
def test_statuses_differ_beyond_colour(layer: str, mode: str) -> None:
    rules = [rule_for(layer, {"status": one, "mode": mode}, "LineString") for one in STATUSES]
    assert len({rule["label"] for rule in rules}) == len(STATUSES)
    for one, other in combinations(rules, 2):
        assert _pattern(one) != _pattern(other), (one["label"], other["label"])


def _all_rules() -> list[dict[str, Any]]:
    return [rule for rules in [*style.RULES.values(), style.ANY_LAYER] for rule in rules]


def test_style_names_only_what_exists() -> None:
    for rule in _all_rules():
        tokens = [one["color"] for one in rule["strokes"]]
        tokens += [rule["fill"]] if "fill" in rule else []
        tokens += [rule["hatch"]["color"]] if "hatch" in rule else []
        assert set(tokens) <= style.PALETTE["light"].keys()
        assert rule.get("shape", "circle") in style.SHAPES
        assert ("shape" in rule) == ("size" in rule)


@pytest.mark.parametrize("layer", [*style.RULES, "a-layer-of-yours"])
@pytest.mark.parametrize("kind", ["Point", "LineString", "MultiPolygon", None])
def test_every_feature_has_a_rule(layer: str, kind: str | None) -> None:
    assert rule_for(layer, {"status": ["not", "a", "text"]}, kind)["label"]


def test_palette_is_the_one_of_the_design() -> None:
    light = style.PALETTE["light"]
    assert (light["zone"], light["route"], light["link"]) == ("#0072b2", "#b34700", "#333333")
    assert rule_for("zone", {"kind": "core"}, "Polygon")["fill_opacity"] == 0.12
    assert rule_for("corridor", {"status": "open"}, "LineString")["strokes"] == [
        {"color": "route", "width": 4, "dash": []}
    ]


def test_schematic_and_inferred_change_the_symbol() -> None:
    unsure = {"geometry_basis": "schematic", "certainty": "inferred"}
    labels = [one.get("label") for one in modifiers_for(unsure, "LineString")]
    assert len([one for one in labels if one]) == 2
    assert modifiers_for({"certainty": "agreed"}, "LineString") == []


def test_citation_of_the_shipped_layers_is_that_of_their_manifest(shipped: dict[str, Any]) -> None:
    package = json.loads((SHIPPED.root / "datapackage.json").read_text("utf-8"))
    assert shipped["citation"] == {
        "title": package["title"], "publisher": package["contributors"][0]["title"],
        "version": package["version"], "date": package["created"][:10],
        "sha256": package["seal"].removeprefix("sha256:"),
    }  # fmt: skip


def test_citation_of_a_catalogue_without_a_seal_hashes_what_is_shown(tmp_path: Path) -> None:
    versions = {"2020-01-01": [feature("s", point(46.5, 39.5))], "2020-02-01": []}
    people = [
        {"title": "A newsroom", "roles": ["publisher"]},
        {"title": "A drawer", "roles": ["author"]},
    ]
    root = write(tmp_path / "c", {"sites": versions}, contributors=people, version="", created=7)
    hashes = sorted(
        sha256((root / f"sites/{day}.geojson").read_bytes()).hexdigest() for day in versions
    )
    said = {"title": "A drawn zone", "publisher": "A newsroom", "date": "2026-01-01"}
    both = sha256(f"{hashes[0]}\n{hashes[1]}\n".encode()).hexdigest()
    assert built(catalogue(root))["citation"] == {**said, "sha256": both}
    one = sha256((root / "sites/2020-02-01.geojson").read_bytes()).hexdigest()
    assert built(catalogue(root), "sites@2020-02-01")["citation"]["sha256"] == one


@pytest.mark.parametrize(
    "package",
    [
        {"contributors": 7, "version": [1], "created": "soon", "seal": "sha256:12"},
        {"contributors": [7, {"title": 7, "roles": ["author"]}, {"title": "A", "roles": 7}]},
        {"contributors": [{"title": "A", "roles": [{}, "data"]}], "seal": f"md5:{'0' * 64}"},
    ],
)
def test_citation_leaves_out_what_is_not_sound(tmp_path: Path, package: dict[str, Any]) -> None:
    root = write(tmp_path / "c", {"sites": {"2020-01-01": []}}, **package)
    hashed = sha256((root / "sites/2020-01-01.geojson").read_bytes()).hexdigest()
    said = {"title": "A drawn zone", "date": "2026-01-01", "sha256": hashed}
    assert built(catalogue(root))["citation"] == said


def test_citation_of_files_says_what_is_known(tmp_path: Path) -> None:
    path = tmp_path / "mine.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    digest = sha256(path.read_bytes()).hexdigest()
    assert built(SHIPPED, str(path))["citation"] == {"title": "mine", "sha256": digest}
