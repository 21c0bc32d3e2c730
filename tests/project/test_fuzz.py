"""The fuzz targets on their seeds; and that they would notice."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.targets import TARGETS, Broken
from pkzone import geojson

CORPUS = Path(__file__).parents[2] / "fuzz" / "corpus"
SEEDS = sorted(CORPUS.glob("*/*"))


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: f"{seed.parent.name}-{seed.stem}")
def test_a_seed_holds(seed: Path) -> None:
    TARGETS[seed.parent.name](seed.read_bytes())


@pytest.mark.parametrize("path", sorted((CORPUS.parents[1] / "tests/data/bad").glob("*.geojson")))
def test_a_bad_file_holds(path: Path) -> None:
    TARGETS["geojson"](path.read_bytes())


def test_every_target_has_seeds() -> None:
    assert {seed.parent.name for seed in SEEDS} == set(TARGETS)


def test_a_writer_that_loses_a_feature_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    seed = (CORPUS / "geojson" / "points.json").read_bytes()
    written = geojson.dumps(geojson.parse(seed).features)
    monkeypatch.setattr(geojson, "dumps", lambda features: written[:-1])
    with pytest.raises(Broken, match="does not last"):
        TARGETS["geojson"](seed)


def test_a_reader_of_dates_that_takes_two_forms_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import date

    from pkzone.layers import dates

    monkeypatch.setattr(dates, "parse_day", date.fromisoformat)
    with pytest.raises(Broken, match="a day is written in one way"):
        TARGETS["texts"](b"20220830")
