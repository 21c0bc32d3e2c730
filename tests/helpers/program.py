"""The program run in this process: its exit code, and what it prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from pkzone.cli import pkzone as program


class Result(NamedTuple):
    """How a run ended."""

    code: object
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def in_process(capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run a command line of pkzone where the test stands."""

    def run(*arguments: object) -> Result:
        with pytest.raises(SystemExit) as ended:
            program.main([str(argument) for argument in arguments], prog_name="pkzone")
        out, err = capsysbinary.readouterr()
        return Result(ended.value.code, out.decode(), err.decode())

    return run
