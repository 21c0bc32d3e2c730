"""``python -m fuzz TARGET [LIBFUZZER OPTIONS] [CORPUS...]``: feed a target with atheris."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

from fuzz.mutate import mutated

with atheris.instrument_imports(include=["pkzone"]):
    from fuzz.targets import TARGETS


def _mutate(data: bytes, max_size: int, seed: int) -> bytes:
    by_value = mutated(data, max_size, seed) if seed % 2 else None
    result: bytes = atheris.Mutate(data, max_size) if by_value is None else by_value
    return result


def main() -> None:
    """Run the fuzzer until it finds something or is told to stop."""
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"usage: python -m fuzz {'|'.join(TARGETS)} [LIBFUZZER OPTIONS] [CORPUS...]")
    name = sys.argv.pop(1)
    seeds = str(Path(__file__).parent / "corpus" / name)
    dictionary = Path(__file__).parent / f"{name}.dict"
    words = [f"-dict={dictionary}"] if dictionary.exists() else []
    # New inputs go to the first folder; the seeds are only read.
    atheris.Setup([*sys.argv, *words, seeds], TARGETS[name], custom_mutator=_mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
