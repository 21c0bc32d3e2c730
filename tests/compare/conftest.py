"""What tests of comparison share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.small_features import BASE, TARGET, written


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """The file of a few features."""
    return written(tmp_path / "base.geojson", *BASE)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """The file of these features after some changes."""
    return written(tmp_path / "target.geojson", *TARGET)
