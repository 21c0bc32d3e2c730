"""Remember what was measured while many versions are compared that share most features."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from shapely.geometry.base import BaseGeometry

__all__ = ["once", "remembering"]

P = ParamSpec("P")
T = TypeVar("T")

#: Answers by function and arguments, with the arguments, so that no other object gets their ids.
_ANSWERS: ContextVar[dict[Hashable, tuple[Any, Any]] | None] = ContextVar("answers", default=None)
_BY_VALUE: Final = (BaseGeometry, float, str, type(None))


@contextmanager
def remembering() -> Iterator[None]:
    """Call functions marked `once` only once for the same arguments; also a decorator.

    Nothing is kept afterwards, and nothing outside of it: one comparison asks once anyway.
    """
    token = _ANSWERS.set({})
    try:
        yield
    finally:
        _ANSWERS.reset(token)


def once(function: Callable[P, T]) -> Callable[P, T]:
    """Mark a function whose answer follows from its arguments, for `remembering`.

    Geometries, numbers and texts are the same if they are equal, all else if it is one object:
    versions of a cached catalogue give the same features each time.
    """

    @wraps(function)
    def remembered(*args: P.args, **kwargs: P.kwargs) -> T:
        answers = _ANSWERS.get()
        if answers is None:
            return function(*args, **kwargs)
        given = (*args, *kwargs.items())
        key = (function, *(one if isinstance(one, _BY_VALUE) else id(one) for one in given))
        if key not in answers:
            answers[key] = given, function(*args, **kwargs)
        answer: T = answers[key][1]
        return answer

    return remembered
