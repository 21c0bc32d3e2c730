"""Publish files as versions of a layer, all of them or none."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

from pkzone.errors import (
    CannotPublish,
    FaultyFiles,
    LayerNotFound,
    OutputError,
    PkzoneError,
)
from pkzone.geojson.model import FeatureCollection, gc_paused
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.dates import parse_day, parse_version_id
from pkzone.layers.model import Layer
from pkzone.layers.references import refuse_frame
from pkzone.layers.schemas import read_schema
from pkzone.store import manifest_writer, transaction
from pkzone.store.guards import changeable, check_layer_name
from pkzone.store.ids import date_of_name
from pkzone.store.preflight import PRESENT, Given, Planner, Request, Step, read_manifest

__all__ = ["Step", "publish"]

Source = str | os.PathLike[str] | FeatureCollection


def publish(
    files: Source | Sequence[Source],
    *,
    catalogue: Catalogue | str | os.PathLike[str],
    layer: str,
    valid_from: str | date | None = None,
    title: str | None = None,
    sources: Sequence[str] | None = None,
    events: Sequence[str] | None = None,
    id_property: str | Sequence[str] | None = None,
    date_from_name: bool = False,
    correct: bool = False,
    new_layer: str | None = None,
    recorded: str | date | None = None,
    dry_run: bool = False,
    lock_timeout: float = transaction.TIMEOUT_S,
    confirm: Callable[[Sequence[Step]], bool] | None = None,
    progress: Callable[[int], object] | None = None,
) -> tuple[Step, ...]:
    """Add versions to a layer of a catalogue, or correct versions that it has.

    Every file is read strictly, brought into the canonical form and held to the layer's schema
    before anything is written. Either all files are published or none.

    Parameters
    ----------
    files : str, os.PathLike, FeatureCollection, or a sequence of them
        GeoJSON files (``-`` for standard input), or features at hand.
    catalogue : Catalogue, str or os.PathLike
        The catalogue or its folder.
    layer : str
        Name of the layer.
    valid_from : str or datetime.date, optional
        The date from which the one file holds: ``2022-08-30``, or the version id
        ``2022-08-30.2`` for a second state of that day.
    title : str, optional
        What the version shows, in a few words; ``{date}`` stands for the version's id. A
        correction without one keeps that of the record it corrects, likewise the two below.
    sources, events : sequence of str, optional
        Ids of what it rests on, and of what explains it.
    id_property : str or sequence of str, optional
        The property that gives the features their ids, or several (``"sheet,parcel"``, or their
        names). Without it ids are kept, and features without one get that of the feature they
        were in the version before, else a new one.
    date_from_name : bool, optional
        Take the date of each file from its name.
    correct : bool, optional
        Record a correction of versions that exist; what was recorded before stays readable.
    new_layer : str, optional
        Begin the layer, with this title.
    recorded : str or datetime.date, optional
        The day of publishing; without it today (UTC).
    dry_run : bool, optional
        Only say what would be done.
    lock_timeout : float, optional
        Seconds to wait for another process that is publishing.
    confirm : callable, optional
        Is given the steps before anything is written; nothing is if it returns false.
    progress : callable, optional
        Is told 1 after each file that was prepared.

    Returns
    -------
    tuple of Step
        What was done with each file, oldest version first; empty if ``confirm`` declined. Their
        ``doubts`` say which features lie far from where they were, or look swapped: ``confirm``
        can decline for them.

    Raises
    ------
    CannotPublish
        A version exists with other bytes, there is none to correct, or a name tells no date.
    GeoJSONError, SchemaError
        A file is refused.
    FaultyFiles
        Several files are refused; it has why, for each.
    LayerNotFound, SourceNotFound, EventNotFound, BadDate
        What is named does not exist.
    CatalogueError, CatalogueLocked, OutputError
        The catalogue is damaged, in use, or cannot be written to. It is as it was before.
    """
    root = changeable(catalogue)
    given, faults = _given(files, valid_from, date_from_name=date_from_name)
    if not given:
        raise _all_of(faults)
    request = Request(
        title=None if title is None else manifest_writer.checked_text(title, "the title"),
        recorded=_today() if recorded is None else parse_day(recorded),
        sources=None if sources is None else tuple(dict.fromkeys(sources)),
        events=None if events is None else tuple(dict.fromkeys(events)),
        id_property=id_property,
        correct=correct,
    )
    lock = nullcontext() if dry_run else transaction.locked(root, timeout=lock_timeout)
    with lock, _drafts() as drafts:
        with gc_paused():
            state = _State.read(root, layer, new_layer)
        steps = []
        planner = Planner(state.catalogue, state.layer, state.schema, request, drafts)
        for step in planner.steps(given, faults):
            steps.append(step)
            if progress is not None:
                progress(1)
        if faults:
            raise _all_of(faults)
        todo = [step for step in steps if step.outcome != PRESENT]
        if confirm is not None and not confirm(steps):
            return ()
        if todo and not dry_run:
            with gc_paused():
                state.commit(todo, drafts)
    return tuple(_settled(step, root) for step in steps)


@contextmanager
def _drafts() -> Iterator[Path]:
    """Give a folder for the new files, outside of the catalogue."""
    folder = None
    try:
        folder = mkdtemp(prefix="pkzone-")
        yield Path(folder)
    except OSError as error:
        name = error.filename or "the folder for drafts"
        raise OutputError(f"{name}: cannot be written: {error.strerror or error}") from None
    finally:
        # What cannot be removed is left to the system: the publication may be done by now.
        with suppress(OSError):
            if folder is not None:
                rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class _State:
    """The catalogue as it is found under the lock, with the layer to publish to."""

    root: Path
    package: dict[str, Any]
    catalogue: Catalogue
    layer: Layer
    schema: Mapping[str, Any]
    is_new: bool

    @classmethod
    def read(cls, root: Path, name: str, new_layer: str | None) -> _State:
        value = read_manifest(root)
        catalogue = Catalogue(root)
        if new_layer is None or (name in catalogue and catalogue[name].title == new_layer):
            if name not in catalogue:
                check_layer_name(name)
                try:
                    catalogue[name]
                except LayerNotFound as error:
                    raise LayerNotFound(f"{error}; --new-layer TITLE begins one") from None
            schema = read_schema(root / "schemas" / f"{name}.json")
            return cls(root, value, catalogue, catalogue[name], schema, is_new=False)
        if name in catalogue:
            raise CannotPublish(f"the layer {name} has another title; leave out --new-layer")
        check_layer_name(name)
        begun = Layer(
            name, manifest_writer.checked_text(new_layer, "the title of the layer"), "", (), ()
        )
        return cls(root, value, catalogue, begun, _starting_schema(name, new_layer), is_new=True)

    def commit(self, steps: Sequence[Step], drafts: Path) -> None:
        files: dict[str, bytes | Path] = {}
        layers = list(self.package["layers"])
        if self.is_new:
            layers.append({"name": self.layer.name, "title": self.layer.title})
            files[f"schemas/{self.layer.name}.json"] = manifest_writer.json_bytes(self.schema)
        for step in steps:
            if not step.shared:
                files[step.version.file] = drafts / step.version.file
        entries = [*self.package["resources"], *(dict(step.entry or {}) for step in steps)]
        changed = {
            **self.package,
            "layers": layers,
            "resources": manifest_writer.in_order(entries, layers),
        }
        transaction.commit(self.root, files, manifest_writer.dumps(changed))


def _given(
    files: Source | Sequence[Source], valid_from: str | date | None, *, date_from_name: bool
) -> tuple[list[Given], list[PkzoneError]]:
    """Return the files that are named, each with its version id, and why others have none."""
    refuse_frame(files)  # a frame is an iterable of the names of its columns
    single = isinstance(files, str | os.PathLike | FeatureCollection)
    listed: list[Source] = [files] if single else list(files)  # type: ignore[list-item, arg-type]
    if not listed:
        raise CannotPublish("there is no file to publish")
    if date_from_name == (valid_from is not None):
        raise CannotPublish("give either the date, or that it is to be taken from the file's name")
    if valid_from is not None and len(listed) > 1:
        raise CannotPublish(
            f"one date cannot hold for {len(listed)} files; take it from their names with "
            "--date-from-name"
        )
    given: dict[str, Given] = {}
    faults: list[PkzoneError] = []
    for item in listed:
        try:
            one = _one(item, valid_from)
        except CannotPublish as error:
            faults.append(error)
            continue
        first = given.setdefault(one.version_id, one)
        if first is not one:
            reason = (
                f"{first.name} and {one.name} have the same date {one.version_id}; publish one of "
                "them alone with --from DATE"
            )
            faults.append(CannotPublish(reason))
    return list(given.values()), faults


def _all_of(faults: Sequence[PkzoneError]) -> PkzoneError:
    """Return one error for all of them."""
    return faults[0] if len(faults) == 1 else FaultyFiles(faults)


def _one(item: Source, valid_from: str | date | None) -> Given:
    if isinstance(item, FeatureCollection):
        if valid_from is None:
            raise CannotPublish("features at hand have no name to take a date from")
        return Given("<features>", _version_id(valid_from), item)
    refuse_frame(item)
    name = os.fspath(item)
    return Given(name, date_of_name(name) if valid_from is None else _version_id(valid_from))


def _version_id(valid_from: str | date) -> str:
    if isinstance(valid_from, str):
        parse_version_id(valid_from)
        return valid_from
    return parse_day(valid_from).isoformat()


def _settled(step: Step, root: Path) -> Step:
    """Return a step whose versions have their files in the catalogue."""
    base = replace(step.base, root=str(root)) if step.base else None
    return replace(step, version=replace(step.version, root=str(root)), base=base)


def _today() -> date:
    return datetime.now(UTC).date()


def _starting_schema(name: str, title: str) -> dict[str, Any]:
    """Return the schema that a new layer's features are held to until somebody says more."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Add the rules of the layer: 'required', 'enum', 'type' ... "
        "pkzone publish and pkzone check hold every feature to them.",
        "title": manifest_writer.schema_title(name, title),
        "type": "object",
        "required": ["type", "id", "properties", "geometry"],
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": "string", "minLength": 1},
            "properties": {"type": "object", "properties": {}},
            "geometry": {"type": ["object", "null"]},
        },
    }
