"""How much time and memory a file from outside may cost."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LIMITS", "MAX_RATIO", "RATIO_FREE_BYTES", "Limits"]

MAX_RATIO = 100
"""How many times as large as its file the features may be, once there are many of them."""

RATIO_FREE_BYTES = 64 * 1024**2


@dataclass(frozen=True)
class Limits:
    """Limits of the child process that opens a file.

    Attributes
    ----------
    seconds : float
        Processor time; the clock on the wall may run three times as long.
    memory_mib : int
        Address space in MiB, where the system can limit it (not on Windows or macOS).
    """

    seconds: float = 120
    memory_mib: int = 3072


LIMITS = Limits()
