"""Choose what a page draws under its slider: measures of the layers, and figures of sources."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from pkzone.maps.style import FOCUS
from pkzone.queries.series import series
from pkzone.reports.values import stated_uncertainty_m

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue
    from pkzone.layers.figures import Figure
    from pkzone.maps.selection import Selection, ShownLayer

__all__ = ["build", "cited"]

_SCHEMATIC: Final = {
    "length_drawn_in_use_km": "length_schematic_in_use_km",
    "length_drawn_km": "length_schematic_km",
}
#: Most bytes of a layer's versions: to measure more would take seconds.
_MOST_BYTES: Final = 20_000_000


def build(
    catalogue: Catalogue, selection: Selection, cited: Collection[str]
) -> list[dict[str, Any]]:
    """Return the series of a page, as plain JSON types.

    Parameters
    ----------
    catalogue : Catalogue
        Where the selection and the figures come from.
    selection : Selection
        The layers; a map without a slider has no series.
    cited : collection of str
        The ids of the sources that the map cites.

    Returns
    -------
    list of dict
        First what `pkzone.series` measures of the layers, where it changes: ``layer``,
        ``measure`` (the name of its column), ``values`` in the order of the layer's versions,
        what is ``schematic`` of them, and ``uncertainty_m``, the largest that a feature states.
        Then the figures stated for two days or more: ``subject``, ``unit`` and ``points``, each
        of date, value, precision, who counted, and ids of sources. A map of some of the layers
        has those subjects of which it cites a source.
    """
    if len(selection.dates) < 2:
        return []
    moving = [one for one in selection.layers if not one.is_base and not one.fixed]
    moving.sort(key=lambda one: one.layer.name not in FOCUS)
    measured = chain.from_iterable(_measured(catalogue, one) for one in moving)
    is_whole = len(selection.layers) == len(catalogue.layers)
    stated = _stated(catalogue.figures, lambda figure: is_whole or _cites(figure, cited))
    return [*measured, *stated]


def _measured(catalogue: Catalogue, shown: ShownLayer) -> Iterator[dict[str, Any]]:
    """Yield what is measured of a layer and changes."""
    versions = shown.versions
    if len(versions) < 2 or sum(version.size_bytes for version in versions) > _MOST_BYTES:
        return
    rows = {row["version"]: row for row in series(shown.layer, catalogue=catalogue).items or ()}
    ordered = [rows.get(version.id, {}) for version in versions]
    drawn = chain.from_iterable(version.features().features for version in versions)
    uncertainty_m = stated_uncertainty_m(drawn)
    for measure in _measures(rows.values()):
        values = [row.get(measure) for row in ordered]
        if len({*values} - {None}) < 2:
            continue
        one: dict[str, Any] = {"layer": shown.layer.name, "measure": measure, "values": values}
        schematic = [row.get(_SCHEMATIC.get(measure, "")) for row in ordered]
        if any(schematic):
            one["schematic"] = schematic
        if uncertainty_m is not None:
            one["uncertainty_m"] = uncertainty_m
        yield one


def _measures(rows: Collection[Mapping[str, Any]]) -> list[str]:
    """Return the columns to draw: area, and length, of roads that of those in use.

    How many features there are is none: it counts what is mapped, not what there was.
    """

    def has(column: str) -> bool:
        return any(row[column] is not None for row in rows)

    lengths = filter(has, ("length_drawn_in_use_km", "length_drawn_km"))
    return [*filter(has, ("area_km2",)), *[*lengths][:1]]


def _cites(figure: Figure, cited: Collection[str]) -> bool:
    return any(source in cited for source in figure.source_ids)


def _stated(
    figures: Sequence[Figure], belongs: Callable[[Figure], bool]
) -> Iterator[dict[str, Any]]:
    """Yield the figures by subject and unit, the oldest first, of subjects that belong."""
    wanted = {figure.subject for figure in figures if belongs(figure)}
    groups: dict[tuple[str, str], list[Figure]] = {}
    for figure in sorted(figures, key=lambda figure: figure.date):
        if figure.subject in wanted:
            groups.setdefault((figure.subject, figure.unit), []).append(figure)
    for (subject, unit), stated in sorted(groups.items()):
        if len({figure.date for figure in stated}) > 1:
            yield {"subject": subject, "unit": unit, "points": [*map(_point, stated)]}


def _point(figure: Figure) -> list[Any]:
    value = int(figure.value) if figure.value.is_integer() else figure.value
    return [
        figure.date.isoformat(), value, figure.precision, figure.counted_by,
        list(figure.source_ids),
    ]  # fmt: skip


def cited(built: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the ids of the sources of the figures in what `build` returns."""
    points = chain.from_iterable(one.get("points", ()) for one in built)
    return {source for *_, sources in points for source in sources}
