"""Verify a catalogue: hold manifest, files and lists against each other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from pkzone.errors import CannotPublish, CatalogueError, CatalogueLocked
from pkzone.layers import manifest
from pkzone.layers.catalogue import SHIPPED, Catalogue
from pkzone.layers.json_fields import MAX_JSON_BYTES, read_bytes, read_json
from pkzone.layers.model import Version
from pkzone.store import manifest_writer, transaction
from pkzone.store.verify_files import RESTORE, RESTORE_MANIFEST, FileCheck, Finding, stated

__all__ = ["Verification", "accept", "verify"]

_PAUSE_S = 0.05


@dataclass(frozen=True)
class Verification:
    """Result of verifying a catalogue.

    Attributes
    ----------
    root : str
        Its folder.
    versions, files : int
        How many versions and version files were looked at.
    findings : tuple of Finding
        What is wrong, by path.
    """

    root: str
    versions: int
    files: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing but warnings was found."""
        return all(one.severity == "warning" for one in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain JSON types."""
        return {
            "catalogue": self.root,
            "ok": self.ok,
            "versions": self.versions,
            "files": self.files,
            "findings": [asdict(one) for one in self.findings],
        }


def verify(
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    *,
    lock_timeout: float = transaction.TIMEOUT_S,
) -> Verification:
    """Return everything that is missing, extra, changed or inconsistent in a catalogue.

    Nothing is written and no writer is kept waiting: where one is at work, the catalogue is
    looked at again until it has finished.

    Parameters
    ----------
    catalogue : Catalogue, str or os.PathLike, optional
        The catalogue or its folder; without it the one that pkzone ships.
    lock_timeout : float, optional
        Seconds to wait for another process that is publishing.

    Raises
    ------
    CatalogueLocked
        Another process did not finish in time.

    Examples
    --------
    >>> import pkzone
    >>> pkzone.verify().ok
    True
    """
    root = Path(catalogue.root if isinstance(catalogue, Catalogue) else catalogue or SHIPPED)
    deadline = monotonic() + lock_timeout
    while True:
        before = _state(root)
        result = _verification(root)
        unfinished = any(one.code in ("temporary", "interrupted") for one in result.findings)
        if _state(root) == before and not (unfinished and transaction.is_locked(root)):
            return result
        if monotonic() > deadline:
            raise CatalogueLocked(
                f"{root}: another process is writing to the catalogue and did not finish within "
                f"{lock_timeout:g} s; try again when it has"
            )
        sleep(_PAUSE_S)


def _state(root: Path) -> tuple[int, ...]:
    """Return a stamp that every change of a catalogue alters: times of its manifest and folder."""
    with suppress(OSError, ValueError):  # ValueError: a name that none can have
        manifest_file, folder = (root / manifest.FILE_NAME).stat(), root.stat()
        return manifest_file.st_ino, manifest_file.st_mtime_ns, folder.st_mtime_ns
    return ()


def _verification(root: Path) -> Verification:
    findings = list(_of_manifest(root))
    try:
        opened = Catalogue(root)
    except CatalogueError as error:
        if not any(finding.code == "manifest" for finding in findings):
            findings.append(stated("manifest", manifest.FILE_NAME, error, root))
        return Verification(str(root), 0, 0, tuple(findings))
    checks = FileCheck(opened, root)
    findings += checks.findings()
    findings += _of_records(opened)
    versions = sum(len(layer.versions) for layer in opened.layers)
    ordered = sorted(set(findings), key=lambda each: (each.path, each.code, each.message))
    return Verification(str(root), versions, len(checks.paths), tuple(ordered))


def accept(root: str | os.PathLike[str], *, lock_timeout: float = transaction.TIMEOUT_S) -> None:
    """Take a manifest that was edited by hand for right: seal it anew, in its one form.

    Raises
    ------
    CannotPublish
        Something else is wrong with the catalogue.
    CatalogueError, CatalogueLocked, OutputError
        It cannot be opened, locked or written.
    """
    Catalogue(root)
    with transaction.locked(os.fspath(root), timeout=lock_timeout):
        for one in _verification(Path(root)).findings:
            if one.severity != "warning" and one.code != "seal":
                raise CannotPublish(f"{one}. The manifest was not accepted")
        value: Any = read_json(f"{os.fspath(root)}/{manifest.FILE_NAME}")
        transaction.commit(os.fspath(root), {}, manifest_writer.dumps(value))


def _of_manifest(root: Path) -> Iterator[Finding]:
    """Find what is wrong with the manifest as a file."""
    path = root / manifest.FILE_NAME
    if path.is_symlink():
        yield Finding("link", path.name, "is a symbolic link", "put the file itself in its place")
    try:
        value = read_json(path)
        data = read_bytes(path, max_bytes=MAX_JSON_BYTES)
    except CatalogueError as error:
        yield stated("manifest", path.name, error, root)
        return
    if not isinstance(value, dict):
        return  # opening it says so
    mend = "if you edited it on purpose: pkzone verify --accept; else " + RESTORE
    if not manifest_writer.is_sealed(value, data):
        unlike = "its content is not what its seal records"
        found = unlike if manifest_writer.SEAL in value else "it has no seal"
        yield Finding("seal", path.name, found, mend)
    resources = value.get("resources")
    for one in resources if isinstance(resources, list) else ():
        if isinstance(one, dict) and "valid_to" in one:
            reason = f"{one.get('name')} states an end, which may overlap with the next version"
            yield Finding("overlap", path.name, reason, "take out its valid_to")


def _of_records(catalogue: Catalogue) -> Iterator[Finding]:
    """Find records of which some are missing, misnamed or out of order."""
    name = manifest.FILE_NAME
    for layer in catalogue.layers:
        numbers: dict[str, list[Version]] = {}
        for record in layer.records:
            numbers.setdefault(record.id, []).append(record)
        for version_id, records in numbers.items():
            ref = f"{layer.name}@{version_id}"
            if [earlier.record for earlier in records] != list(range(1, len(records) + 1)):
                listed = ", ".join(str(earlier.record) for earlier in records)
                yield Finding("records", name, f"{ref} has the records {listed}", RESTORE_MANIFEST)
            for earlier, later in pairwise(records):
                if later.recorded < earlier.recorded:
                    reason = (
                        f"record {later.record} of {ref} is older ({later.recorded}) than "
                        f"record {earlier.record} ({earlier.recorded})"
                    )
                    yield Finding("records", name, reason, RESTORE_MANIFEST)
