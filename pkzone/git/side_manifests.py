"""Read the manifests beside a list that git merges: they tell which layers were renamed."""

from __future__ import annotations

import os
import re
from pathlib import PurePosixPath

from pkzone.errors import CatalogueError, GitError
from pkzone.git.layer_names import Names, new_names
from pkzone.git.manifest_merge import Manifest
from pkzone.layers.manifest import FILE_NAME
from pkzone.revisions.runner import run_git

__all__ = ["names_beside"]

_HEAD = re.compile(r"GITHEAD_([0-9a-f]{40,64})")  # what ``git merge`` tells those that it starts


def names_beside(name: str, ours: bytes, theirs: bytes) -> Names:
    """Return which layers were renamed in the merge of a list, as the manifests beside it say.

    Only ``git merge`` and ``git pull`` say what they merge. In a rebase, or where the list is not
    the very one of both commits since git merges several bases first, nothing is known.

    Parameters
    ----------
    name : str
        The path of the list, from the top of the repository.
    ours, theirs : bytes
        The sides of the list.

    Raises
    ------
    CatalogueError
        The sides gave one layer two names.
    """
    unknown = Names({}, {})
    others = [match[1] for match in map(_HEAD.fullmatch, os.environ) if match]
    if len(others) != 1:
        return unknown
    commits = ("HEAD", others[0])
    try:
        if [_blob(one, name) for one in commits] != [ours, theirs]:
            return unknown
        bases = run_git("merge-base", "--all", *commits).stdout.decode().split()
        if len(bases) != 1:
            return unknown
        path = str(PurePosixPath(name).parent / FILE_NAME)
        sides = [
            Manifest.of(_blob(commit, path) or b"", f"{path} of {commit}")
            for commit in (bases[0], *commits)
        ]
    except (GitError, CatalogueError):  # the merge of the manifest says what is wrong with it
        return unknown
    if not all(sides):
        return unknown
    base, before, after = (side.package for side in sides if side)
    return new_names(base, before, after, name)


def _blob(commit: str, path: str) -> bytes | None:
    result = run_git("cat-file", "blob", f"{commit}:{path}")
    return result.stdout if result.returncode == 0 else None
