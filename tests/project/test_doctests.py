"""The examples in the docstrings do what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import pkzone

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(pkzone.__path__, "pkzone.")
    if not module.name.endswith("__main__")
)


@pytest.mark.parametrize("name", ["pkzone", *MODULES])
def test_examples(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert found.failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder()
    examples = [
        test
        for name in ["pkzone", *MODULES]
        for test in finder.find(importlib.import_module(name))
        if test.examples
    ]
    assert len(examples) >= 5
