"""What tests of maps share."""

from __future__ import annotations

from typing import Any

import pytest

import pkzone


@pytest.fixture(scope="session")
def shipped() -> Any:
    """The map of the shipped catalogue, whose page is built once."""
    return pkzone.map()
