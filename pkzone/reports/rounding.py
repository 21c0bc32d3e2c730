"""Numbers for people: rounded to what the stated uncertainty of the drawing supports."""

from __future__ import annotations

from collections.abc import Iterable
from math import floor, log10

from pkzone.geojson.model import Feature

__all__ = ["Rounding", "compass", "percent", "position", "stated_uncertainty_m"]

_COMPASS = (
    "north",
    "north-east",
    "east",
    "south-east",
    "south",
    "south-west",
    "west",
    "north-west",
)


class Rounding:
    """Writes lengths and areas to a tenth of an uncertainty, rounded to a power of ten.

    Parameters
    ----------
    uncertainty_m : float or None
        How far the drawn line may be off, metres; none where nobody says: then lengths are
        written to 10 m.

    Examples
    --------
    >>> Rounding(1500).length(12_487.3), Rounding(20).length(12_487.3)
    ('12.5 km', '12.487 km')
    """

    def __init__(self, uncertainty_m: float | None) -> None:
        known = 100.0 if uncertainty_m is None else min(max(uncertainty_m, 10.0), 10_000.0)
        self.step_m = 10 ** (floor(log10(known)) - 1)
        self._km_decimals = 3 - floor(log10(self.step_m))

    def length(self, metres: float) -> str:
        """Return a length or distance: ``12.5 km``, ``300 m``, ``under 100 m``."""
        rounded = round(abs(metres) / self.step_m) * self.step_m
        if not rounded:
            return "0 m" if metres == 0 else f"under {self.step_m:,} m"
        if rounded < 1000:
            return f"{rounded} m"
        return f"{rounded / 1000:,.{self._km_decimals}f} km"

    def difference(self, metres: float) -> str:
        """Return a length with its sign: ``+2.1 km``."""
        return self._signed(metres, self.length(metres))

    def chainage(self, metres: float) -> str:
        """Return a place along a line in km, without the unit."""
        return f"{metres / 1000:,.{self._km_decimals}f}"

    def area(self, km2: float) -> str:
        """Return an area: ``3,140 km²``; three digits where the line is uncertain."""
        if 0 < abs(km2) < 0.1 and self.step_m <= 10:
            return f"{max(1, round(abs(km2) * 1e6)):,} m²"
        decimals = max(0, self._km_decimals - 1)
        if km2 and self.step_m >= 10:
            digits = floor(log10(abs(km2)))
            decimals = min(decimals, 2 - digits) if digits > 2 else decimals
        rounded = round(abs(km2), decimals)
        shown = max(decimals, 0)
        if not rounded:
            return "0 km²" if km2 == 0 else f"under {10.0**-shown:,.{shown}f} km²"
        return f"{rounded:,.{shown}f} km²"

    @staticmethod
    def _signed(value: float, text: str) -> str:
        if value == 0 or text.startswith("under"):
            return f"differs by {text}" if value else "no difference"
        return ("+" if value > 0 else "-") + text


def stated_uncertainty_m(features: Iterable[Feature]) -> float | None:
    """Return the largest ``uncertainty_m`` that features state; none if none does."""
    stated = [one.properties.get("uncertainty_m") for one in features]
    return max(
        (
            float(value)
            for value in stated
            if isinstance(value, int | float) and not isinstance(value, bool)
        ),
        default=None,
    )


def compass(bearing_deg: float) -> str:
    """Return the nearest of the eight points of the compass."""
    return _COMPASS[round(bearing_deg / 45.0) % 8]


def percent(share: float) -> str:
    """Return a share as a whole percentage that never calls a part the whole, or nothing."""
    whole = round(share * 100)
    if whole == 100 and share < 1:
        return "over 99 %"
    if whole == 0 and share > 0:
        return "under 1 %"
    return f"{whole} %"


def position(lonlat: tuple[float, float]) -> str:
    """Return a place as people read it: ``39.642° N 46.512° E``."""
    lon, lat = lonlat
    return f"{abs(lat):.3f}° {'S' if lat < 0 else 'N'} {abs(lon):.3f}° {'W' if lon < 0 else 'E'}"
