"""Mutating JSON by its values: bytes that are mutated seldom stay JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

__all__ = ["mutated"]

_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 2**53 + 1, 10**400, 0.5, -0.0, 1e308, 180.0000001, 46.1234567, 90,
    "", "a", "zone", "Point", "Polygon", "2022-08-30", "2022-08-30.2", "9999-12-31", "../a",
    "é\u202e", "\ud800", [], {}, [0, 0], [[0, 0], [1, 1]],
    [[[0, 0], [1, 0], [1, 1], [0, 0]]], {"type": "Point", "coordinates": [0, 0]},
)  # fmt: skip


def mutated(data: bytes, max_size: int, seed: int) -> bytes | None:
    """Return a JSON text with one to three of its values changed; None if that does not work."""
    random = Random(seed)  # noqa: S311 - to be repeated, not to be secret
    try:
        root = json.loads(data.decode("utf-8-sig"))
        for _ in range(random.randint(1, 3)):
            _change(*random.choice(list(_spots(root))), random)
        text = json.dumps(root, ensure_ascii=random.random() < 0.5, separators=(",", ":"))
        encoded = text.encode("utf-8", "surrogatepass")
    except (ArithmeticError, IndexError, RecursionError, ValueError):
        return None
    return encoded if len(encoded) <= max_size else None


def _spots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container with each of its keys or indexes."""
    if not isinstance(value, dict | list):
        return
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, key
        yield from _spots(value[key])


def _change(holder: Any, key: Any, random: Random) -> None:
    value = holder[key]
    match random.randrange(6):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, list):
            holder.insert(random.randrange(len(holder) + 1), value)
        case 2 if isinstance(holder, dict):
            holder[random.choice([*holder, "x", "bbox", "crs"])] = value
        case 3 if isinstance(holder, list):
            random.shuffle(holder)
        case 4 if isinstance(value, int | float) and not isinstance(value, bool):
            holder[key] = value + random.choice((-1, 1, 1e-7, -1e-7, 0.5, 90, 180))
        case _:
            holder[key] = deepcopy(random.choice(_VALUES))
