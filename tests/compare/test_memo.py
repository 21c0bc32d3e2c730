"""Whether equal questions are asked once while many versions are compared, and only then."""

from __future__ import annotations

from typing import Any

import shapely

from pkzone.compare.memo import once, remembering


def asked() -> tuple[list[Any], Any]:
    """Return the arguments of the calls so far, and a function that notes them."""
    calls: list[Any] = []

    @once
    def function(*args: Any, **kwargs: Any) -> object:
        calls.append((args, kwargs))
        return object()

    return calls, function


def test_nothing_is_kept_outside() -> None:
    calls, function = asked()
    assert function(1.5) is not function(1.5)
    with remembering():
        function(1.5)
    function(1.5)
    assert len(calls) == 4


def test_equal_geometries_numbers_and_texts_are_the_same_question() -> None:
    calls, function = asked()
    with remembering():
        for _ in range(3):
            function(shapely.Point(46.5, 39.8), 25.0, "-".join(("a", "b")), None)
    assert len(calls) == 1


def test_other_values_are_the_same_question_only_as_one_object() -> None:
    calls, function = asked()
    first, second = [1], [1]
    with remembering():
        assert function(first) is function(first)
        assert function(first) is not function(second)
        assert function(reach_m=2.0) is not function(reach_m=3.0)
    assert len(calls) == 4


def test_an_argument_that_is_gone_leaves_its_identity_to_no_other() -> None:
    calls, function = asked()
    with remembering():
        for number in range(100):
            function([number])
    assert len(calls) == 100


def test_a_line_is_another_question_than_its_reverse() -> None:
    calls, function = asked()
    with remembering():
        function(shapely.LineString([(0, 0), (1, 1)]))
        function(shapely.LineString([(1, 1), (0, 0)]))
    assert len(calls) == 2
