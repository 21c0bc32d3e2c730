"""REV:PATH in real repositories: what a checkout would give, and one line for what is not there."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import pkzone
from pkzone.errors import (
    BadReference,
    ForeignFormat,
    GitError,
    PkzoneError,
    RevisionNotFound,
    TooLarge,
    Unreadable,
)
from pkzone.formats import any_file
from pkzone.revisions import checkout
from pkzone.revisions.checkout import checked_out, opened
from tests.helpers.git_repository import NEEDS_GIT, NEW, OTHER, Repository, layer, line

pytestmark = NEEDS_GIT

BASE = layer(line("a", status="open"), line("b"))
TARGET = layer(line("a", NEW, status="closed"), line("c", OTHER))


@pytest.fixture(name="roads")
def fixture_roads(here: Repository) -> Repository:
    """Two commits of roads.geojson, the first of them tagged."""
    here.commit(BASE)
    here.git("tag", "v1.0")
    here.commit(TARGET)
    return here


def content(name: str) -> bytes:
    with opened(name) as file:
        return file.read()


def refusal(name: str) -> str:
    """The one line with which a diff against nothing is refused."""
    with pytest.raises(PkzoneError) as told:
        pkzone.diff(name, name)
    assert "\n" not in str(told.value)
    return str(told.value)


@pytest.mark.parametrize("form", ["text", "json", "markdown", "csv", "geojson"])
def test_a_diff_is_that_of_the_files_checked_out(
    roads: Repository, tmp_path: Path, form: str
) -> None:
    sides = []
    for revision in ("v1.0", "main"):
        (tmp_path / revision).mkdir()
        (tmp_path / revision / "roads.geojson").write_text(
            roads.git("show", f"{revision}:roads.geojson"), "utf-8"
        )
        sides.append(f"{tmp_path}/{revision}/roads.geojson")
    expected = pkzone.diff(*sides).report(form)
    report = pkzone.diff("v1.0:roads.geojson", "main:roads.geojson").report(form)
    for path, revision in zip(sides, ("v1.0", "main"), strict=True):
        expected = expected.replace(path, f"{revision}:roads.geojson")
    assert report == expected


def test_the_command_compares_with_the_folder(roads: Repository) -> None:
    roads.write(layer(line("a", NEW, status="closed")))
    told = roads.pkzone("diff", "v1.0:roads.geojson", "roads.geojson", "--exit-code", code=1)
    assert told.stdout.startswith("v1.0:roads.geojson → roads.geojson\n")
    assert told.stderr == ""
    told = roads.pkzone("diff", "main:roads.geojson", "HEAD:roads.geojson", "--exit-code")
    assert "no difference" in told.stdout.lower()


def test_what_is_staged(roads: Repository) -> None:
    roads.write(BASE)
    roads.git("add", ".")
    assert content(":roads.geojson") == BASE.encode()
    assert content(":0:roads.geojson") == BASE.encode()
    assert pkzone.diff("v1.0:roads.geojson", ":roads.geojson").is_empty
    assert "there is no" not in refusal(":1:roads.geojson")
    assert refusal(":1:roads.geojson").endswith("in the index, which has :0:roads.geojson")


def test_the_sides_of_a_conflict(here: Repository) -> None:
    ours, theirs = layer(line("a", NEW)), layer(line("a", OTHER))
    here.sides(BASE, ours, theirs)
    here.git("merge", "theirs", code=1)
    found = [content(f":{stage}:roads.geojson") for stage in (1, 2, 3)]
    assert found == [BASE.encode(), ours.encode(), theirs.encode()]
    assert "which has :1:roads.geojson, :2:roads.geojson" in refusal(":roads.geojson")


def test_line_ends_are_those_of_the_attributes_of_that_revision(here: Repository) -> None:
    here.commit(BASE)
    here.write("*.geojson text eol=crlf\n", ".gitattributes")
    here.commit(TARGET)
    here.write("*.geojson -text\n", ".gitattributes")
    assert content("HEAD~1:roads.geojson") == BASE.encode()
    assert content("HEAD:roads.geojson") == TARGET.replace("\n", "\r\n").encode()


def test_line_ends_of_attributes_in_a_folder(here: Repository) -> None:
    (here.folder / "data").mkdir()
    here.write("*.geojson text eol=crlf\n", "data/.gitattributes")
    here.write("*.geojson text eol=lf\n", ".gitattributes")
    here.commit(BASE, "data/roads.geojson")
    assert content("HEAD:data/roads.geojson") == BASE.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("setting", ["true", "input", "false"])
def test_core_autocrlf(roads: Repository, setting: str, tmp_path: Path) -> None:
    roads.git("config", "core.autocrlf", setting)
    roads.git("worktree", "add", "-q", tmp_path / "out", "v1.0")
    expected = (tmp_path / "out/roads.geojson").read_bytes()
    assert (b"\r\n" in expected) is (setting == "true")
    assert content("v1.0:roads.geojson") == expected


def test_a_smudge_filter_and_an_encoding(here: Repository, tmp_path: Path) -> None:
    here.git("config", "filter.turn.clean", "tr xy yx")
    here.git("config", "filter.turn.smudge", "tr xy yx")
    here.write("*.geojson filter=turn\n*.txt working-tree-encoding=UTF-16LE\n", ".gitattributes")
    here.commit(layer(line("xxy")))
    assert "yyx" in here.git("show", "HEAD:roads.geojson")
    assert content("HEAD:roads.geojson") == layer(line("xxy")).encode()


def test_a_filter_that_fails_is_one_line(here: Repository) -> None:
    here.write("*.geojson filter=bad\n", ".gitattributes")
    here.commit(BASE)
    here.git("config", "filter.bad.smudge", "false")
    here.git("config", "filter.bad.required", "true")
    assert "HEAD:roads.geojson: git cannot check it out" in refusal("HEAD:roads.geojson")


def test_nothing_of_the_repository_is_touched(roads: Repository) -> None:
    roads.git("config", "core.splitIndex", "true")
    roads.git("config", "core.fsmonitor", "false")
    hook = roads.folder / ".git/hooks/post-index-change"
    hook.write_text("#!/bin/sh\ntouch hooked\n", "utf-8")
    hook.chmod(0o755)

    def state() -> dict[str, bytes]:
        files = filter(Path.is_file, roads.folder.rglob("*"))
        return {str(one): one.read_bytes() for one in files}

    before = state()
    pkzone.diff("HEAD~1:roads.geojson", "HEAD:roads.geojson")
    assert state() == before


def test_temporary_files_are_removed(
    roads: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    with checked_out("HEAD:roads.geojson") as path:
        assert Path(path).is_relative_to(scratch)
        assert next(scratch.iterdir()).stat().st_mode & 0o077 == 0
    with pytest.raises(RevisionNotFound):
        content("HEAD:none.geojson")
    assert not list(scratch.iterdir())


def test_a_path_from_where_one_is(roads: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = roads.folder / "data"
    inner.mkdir()
    posts = layer(line("x"))
    roads.commit(posts, "data/posts.geojson")
    monkeypatch.chdir(inner)
    assert content("HEAD:./posts.geojson") == content("HEAD:data/posts.geojson")
    assert content("HEAD:./posts.geojson") == posts.encode()
    assert content("HEAD:../roads.geojson") == TARGET.encode()
    assert content("HEAD:roads.geojson") == TARGET.encode()
    told = refusal("HEAD:posts.geojson")
    assert told == (
        "posts.geojson is not in HEAD; data/posts.geojson is: "
        "write HEAD:./posts.geojson, or HEAD:data/posts.geojson"
    )
    assert "roads.geojson is: write HEAD:roads.geojson" in refusal("HEAD:./roads.geojson")
    assert refusal("HEAD:../../x.geojson") == "../../x.geojson leads out of the repository"


@pytest.mark.parametrize(
    "branch", ["feature/data.geojson", "a;b", "Շուշի", "-x", "$(touch${IFS}hacked)", "a'b\"c", "@"]
)
def test_hostile_branches(roads: Repository, branch: str) -> None:
    name = branch if branch != "@" else "HEAD"
    if branch != "@":
        roads.git("update-ref", f"refs/heads/{branch}", "v1.0")
        assert content(f"{branch}:roads.geojson") == BASE.encode()
    assert content(f"{name}:roads.geojson") in (BASE.encode(), TARGET.encode())
    assert not (roads.folder / "hacked").exists()


@pytest.mark.parametrize(
    "name",
    [
        "a:b.geojson",
        "-x.geojson",
        "new\nline.geojson",
        "*.geojson",
        ":(top)x.geojson",
        "a b\tc.json",
        "--output=x.geojson",
        "Լաչին.geojson",
        '"q".geojson',
        "[a].geojson",
        "x\\y.geojson",
    ],
)
def test_hostile_names(roads: Repository, name: str) -> None:
    roads.commit(BASE, f"./{name}")
    roads.commit(TARGET, f"./{name}")
    assert content(f"HEAD~1:{name}") == BASE.encode()
    assert content(f"HEAD:{name}") == TARGET.encode()
    assert pkzone.diff(f"HEAD~1:{name}", f"./{name}").summary["added"] == 1


def test_a_name_that_is_no_text(roads: Repository) -> None:
    name = os.fsdecode(b"roads\xff.geojson")
    roads.commit(BASE, name)
    assert content(f"HEAD:{name}") == BASE.encode()
    assert "roads\\udcfe.geojson is not in HEAD" in refusal(
        f"HEAD:{os.fsdecode(b'roads')}\udcfe.geojson"
    )


def test_revisions_that_are_none(roads: Repository) -> None:
    roads.git("branch", "corridor-south")
    assert "did you mean corridor-south?" in refusal("coridor-south:roads.geojson")
    assert "did you mean v1.0?" in refusal("v1.O:roads.geojson")
    for name in ("^HEAD", "--all", "HEAD~99", "HEAD@{99}", "-", "a b", "HEAD^@", "\n"):
        assert "there is no revision" in refusal(f"{name}:roads.geojson")
    blob = roads.git("rev-parse", "HEAD:roads.geojson").strip()
    assert "is not a commit" in refusal(f"{blob}:roads.geojson")


def test_a_tree_is_a_revision_too(roads: Repository) -> None:
    tree = roads.git("rev-parse", "v1.0^{tree}").strip()
    assert content(f"{tree}:roads.geojson") == BASE.encode()
    assert content("HEAD^{/ed:?it}:roads.geojson") == TARGET.encode()


def test_a_path_that_never_was(roads: Repository) -> None:
    told = refusal("HEAD:raods.geojson")
    assert "raods.geojson is not in HEAD and never was in any commit" in told
    assert "did you mean roads.geojson?" in told
    roads.write(BASE, "fresh.geojson")
    assert "it is in the folder" in refusal("HEAD:fresh.geojson")


def test_what_is_absent_on_one_side_is_compared_as_empty(roads: Repository) -> None:
    roads.commit(BASE, "posts.geojson")
    diff = pkzone.diff("v1.0:posts.geojson", "HEAD:posts.geojson")
    assert diff.summary["added"] == 2
    told = "posts.geojson is not in v1.0: compared as without features"
    assert diff.notices == (told,)
    back = pkzone.diff("HEAD:posts.geojson", "v1.0:posts.geojson")
    assert back.summary["removed"] == 2
    roads.write(BASE, "staged.geojson")
    roads.git("add", ".")
    assert pkzone.diff("HEAD:staged.geojson", ":staged.geojson").summary["added"] == 2
    printed = roads.pkzone("diff", "v1.0:posts.geojson", "HEAD:posts.geojson")
    assert told in printed.stdout + printed.stderr
    with pytest.raises(RevisionNotFound, match=r"posts\.geojson is not in v1\.0"):
        pkzone.load("v1.0:posts.geojson")


def test_a_renamed_file_is_named_as_it_was_called(roads: Repository) -> None:
    roads.git("mv", "roads.geojson", "ways.geojson")
    roads.commit()
    roads.git("mv", "ways.geojson", "paths.geojson")
    roads.commit()
    told = refusal("v1.0:paths.geojson")
    assert told == (
        "paths.geojson is not in v1.0, where it is called roads.geojson: v1.0:roads.geojson"
    )
    assert "it is called ways.geojson: HEAD~1:ways.geojson" in refusal("HEAD~1:paths.geojson")
    assert "it is called paths.geojson: HEAD:paths.geojson" in refusal("HEAD:roads.geojson")


def test_what_is_no_file(roads: Repository) -> None:
    (roads.folder / "data").mkdir()
    (roads.folder / "link.geojson").symlink_to("roads.geojson")
    roads.commit(BASE, "data/x.geojson")
    assert "HEAD:data: is a folder" in refusal("HEAD:data")
    assert "is a symbolic link to roads.geojson; name that" in refusal("HEAD:link.geojson")
    assert "a revision without a file" in refusal("HEAD:")


def test_a_pointer_of_lfs_is_told_as_of_a_file(here: Repository) -> None:
    here.commit("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    with pytest.raises(ForeignFormat, match=r"HEAD:roads\.geojson.*Git LFS pointer.*git lfs pull"):
        pkzone.diff("HEAD:roads.geojson", "HEAD:roads.geojson")


def test_a_repository_without_commits(here: Repository) -> None:
    here.write(BASE)
    assert refusal("HEAD:roads.geojson") == ("there is no HEAD: the repository has no commit yet")
    here.git("add", ".")
    assert content(":roads.geojson") == BASE.encode()
    assert "is not in the index" in refusal(":none.geojson")


def test_outside_of_a_repository(
    here: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unreadable, match=r"HEAD:x\.geojson: there is no such file; as REV:PATH"):
        pkzone.diff("HEAD:x.geojson", "HEAD:x.geojson")


def test_without_git(roads: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitError, match="there is no git on the PATH"):
        pkzone.diff("HEAD:roads.geojson", "HEAD:roads.geojson")


def test_in_a_bare_repository(
    roads: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roads.write("*.geojson text eol=crlf\n", ".gitattributes")
    roads.commit()
    roads.git("clone", "-q", "--bare", ".", tmp_path / "bare.git")
    monkeypatch.chdir(tmp_path / "bare.git")
    assert content("v1.0:roads.geojson") == BASE.encode()
    assert content("HEAD:roads.geojson") == TARGET.replace("\n", "\r\n").encode()
    assert "is not among the files of a repository" in refusal("HEAD:./roads.geojson")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "bare.git"))
    assert content("v1.0:roads.geojson") == BASE.encode()


def test_in_a_folder_with_a_hostile_name(
    roads: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roads.git("clone", "-q", ".", tmp_path / "a\nb -x;'c")
    monkeypatch.chdir(tmp_path / "a\nb -x;'c")
    assert content("v1.0:./roads.geojson") == BASE.encode()
    assert content(":roads.geojson") == TARGET.encode()


def test_in_a_worktree(roads: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    roads.git("worktree", "add", "-q", tmp_path / "tree", "v1.0")
    monkeypatch.chdir(tmp_path / "tree")
    assert content("HEAD:roads.geojson") == BASE.encode()
    assert content("main:roads.geojson") == TARGET.encode()
    assert content(":roads.geojson") == BASE.encode()


def test_a_shallow_clone_says_that_it_is(
    roads: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roads.git("clone", "-q", "--depth", "1", f"file://{roads.folder}", tmp_path / "shallow")
    monkeypatch.chdir(tmp_path / "shallow")
    assert content("HEAD:roads.geojson") == TARGET.encode()
    assert "git fetch --unshallow" in refusal("HEAD~1:roads.geojson")


def test_a_submodule(roads: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outer = Repository(tmp_path / "outer", roads.environment)
    outer.git("init", "-q", "-b", "main")
    add = ("-c", "protocol.file.allow=always", "submodule", "--quiet", "add")
    outer.git(*add, roads.folder, "data/sub")
    outer.git("-C", "data/sub", "checkout", "-q", "v1.0")
    outer.commit()
    outer.git("-C", "data/sub", "checkout", "-q", "main")
    outer.commit()
    monkeypatch.chdir(outer.folder)
    assert content("HEAD~1:data/sub/roads.geojson") == BASE.encode()
    assert content("HEAD:data/sub/roads.geojson") == TARGET.encode()
    assert "is a submodule" in refusal("HEAD:data/sub")
    assert "none.geojson is not in" in refusal("HEAD:data/sub/none.geojson")
    with pytest.raises(RevisionNotFound, match="in the submodule data/sub, which has a history"):
        pkzone.series("HEAD:data/sub/roads.geojson")
    monkeypatch.chdir(outer.folder / "data/sub")
    assert len(pkzone.series("HEAD:roads.geojson").records()) == 2
    monkeypatch.chdir(outer.folder)
    shutil.rmtree(outer.folder / "data/sub")
    told = refusal("HEAD:data/sub/roads.geojson")
    assert "is in the submodule data/sub, which is not checked out" in told


def test_a_file_over_the_limit_is_not_read(
    roads: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout, "MAX_BYTES", len(BASE) - 1)
    monkeypatch.setattr(checkout, "_write", None)
    with pytest.raises(TooLarge, match=r"^v1\.0:roads\.geojson: is larger than"):
        content("v1.0:roads.geojson")


def test_what_a_filter_makes_too_large_is_cut(
    here: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.git("config", "filter.big.smudge", "cat - /dev/zero | head -c 5000")
    here.write("*.geojson filter=big\n", ".gitattributes")
    here.commit("{}")
    monkeypatch.setattr(checkout, "MAX_BYTES", 4000)
    assert len(content("HEAD:roads.geojson")) == 4001


def test_a_broken_file_is_named_with_its_revision(here: Repository) -> None:
    here.commit("{")
    assert refusal("HEAD:roads.geojson").startswith("HEAD:roads.geojson: is not JSON")


def test_a_frame_of_a_revision(roads: Repository) -> None:
    frame = pkzone.load("v1.0:roads.geojson")
    assert list(frame.index) == ["a", "b"]
    assert frame.attrs["pkzone"] == {"file": "v1.0:roads.geojson"}


def test_references_to_ranges_are_refused_where_one_state_is_wanted(roads: Repository) -> None:
    with pytest.raises(BadReference, match="is a range of states"):
        pkzone.diff("v1.0..HEAD:roads.geojson", "roads.geojson")


def test_a_repository_of_another_user_is_told_in_gits_words(roads: Repository) -> None:
    broken = roads.folder / ".git/config"
    broken.write_text("[core\n", "utf-8")
    assert "bad config" in refusal("HEAD:roads.geojson")
    assert subprocess.run(["git", "status"], check=False, capture_output=True).returncode


@pytest.fixture(name="ways")
def fixture_ways(roads: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Two commits of data/ways.geojson, and one is in its folder."""
    (roads.folder / "data").mkdir()
    roads.commit(BASE, "data/ways.geojson")
    roads.commit(TARGET, "data/ways.geojson")
    monkeypatch.chdir(roads.folder / "data")
    return roads


@pytest.mark.parametrize("name", [":ways.geojson", "..:ways.geojson", "HEAD~1..HEAD:ways.geojson"])
def test_the_hint_for_a_path_without_its_folder(ways: Repository, name: str) -> None:
    asked = name.removesuffix("ways.geojson")
    with pytest.raises(RevisionNotFound) as told:
        pkzone.series(name) if ".." in name else pkzone.diff(name, "ways.geojson")
    where = "HEAD" if ".." in name else "the index"
    assert str(told.value) == (
        f"ways.geojson is not in {where}; data/ways.geojson is: "
        f"write {asked}./ways.geojson, or {asked}data/ways.geojson"
    )
    hinted = (f"{asked}./ways.geojson", f"{asked}data/ways.geojson")
    if ".." in name:
        assert all(len(pkzone.series(one).records()) == 2 for one in hinted)
    else:
        assert all(pkzone.diff(one, "ways.geojson").is_empty for one in hinted)


def test_a_near_name_in_the_index(roads: Repository) -> None:
    told = refusal(":raods.geojson")
    assert told.startswith("raods.geojson is not in the index and never was in any commit")
    assert "did you mean roads.geojson?" in told


def test_a_folder_in_the_index(ways: Repository) -> None:
    assert refusal(":data") == ":data: is a folder; name a file in it"


def test_a_shapefile_is_staged_with_what_lies_beside_it(here: Repository) -> None:
    here.commit(BASE)
    pkzone.load("roads.geojson").reset_index().to_file("roads.shp")
    here.git("add", "--all")
    for ending in ("shp", "shx", "dbf", "prj", "cpg"):
        (here.folder / f"roads.{ending}").unlink()
    found = any_file.read(":roads.shp").features
    assert [one.properties["status"] for one in found] == ["open", None]


def test_a_bare_repository_has_no_index(
    ways: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways.git("clone", "-q", "--bare", ".", tmp_path / "bare.git")
    monkeypatch.chdir(tmp_path / "bare.git")
    assert refusal(":data/ways.geojson") == (
        ":data/ways.geojson: the repository is bare and has no index; write REV:PATH, such as "
        "HEAD:PATH"
    )
    assert len(pkzone.series("..:data/ways.geojson").records()) == 2
    assert pkzone.diff("v1.0:data/ways.geojson", "HEAD:data/ways.geojson").summary["added"] == 2


def test_a_path_of_a_history_with_nothing_in_common_never_was_in_this_one(
    roads: Repository,
) -> None:
    roads.git("checkout", "-q", "--orphan", "pages")
    roads.git("rm", "-qrf", ".")
    roads.commit(TARGET, "site.geojson")
    roads.git("checkout", "-q", "main")
    roads.git("checkout", "-qb", "side", "v1.0")
    roads.commit(TARGET, "side.geojson")
    roads.git("checkout", "-q", "main")
    with pytest.raises(RevisionNotFound, match="never was in any commit of its history"):
        pkzone.diff("main:site.geojson", "pages:site.geojson")
    assert pkzone.diff("main:side.geojson", "side:side.geojson").summary["added"] == 2


def test_what_is_on_neither_side_is_refused(roads: Repository) -> None:
    roads.commit(BASE, "posts.geojson")
    roads.git("rm", "-q", "posts.geojson")
    roads.commit("x", "other.txt")
    with pytest.raises(RevisionNotFound, match=r"^posts\.geojson is not in v1\.0$"):
        pkzone.diff("HEAD:posts.geojson", "v1.0:posts.geojson")


def test_a_look_alike_of_a_tag_is_the_nearest(roads: Repository) -> None:
    for name in ("v1.1", "v1.2", "v2.0"):
        roads.git("tag", name)
    assert "did you mean v1.0?" in refusal("v1.O:roads.geojson")
    assert "did you mean v1.1?" in refusal("v1.l:roads.geojson")


def test_a_file_alone_is_told_of_its_last_commit(ways: Repository, tmp_path: Path) -> None:
    hint = "pkzone diff HEAD:data/ways.geojson data/ways.geojson"
    assert hint in ways.pkzone("diff", "data/ways.geojson", code=2).stderr
    ways.pkzone(*hint.split()[1:])
    inner = Repository.__new__(Repository)
    inner.folder, inner.environment = ways.folder / "data", ways.environment
    hint = "pkzone diff HEAD:./ways.geojson ways.geojson"
    assert hint in inner.pkzone("diff", "ways.geojson", code=2).stderr
    inner.pkzone(*hint.split()[1:])
    inner.folder = tmp_path
    (tmp_path / "x.geojson").write_text(BASE, "utf-8")
    assert "HEAD:" not in inner.pkzone("diff", "x.geojson", code=2).stderr


def test_a_file_beside_a_bare_repository(
    roads: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roads.git("clone", "-q", "--bare", ".", tmp_path / "bare.git")
    monkeypatch.chdir(tmp_path / "bare.git")
    with pytest.raises(Unreadable, match=r"roads\.geojson: there is no such file: .* is bare"):
        pkzone.diff("HEAD:roads.geojson", "roads.geojson")


@pytest.mark.parametrize("command", ["check", "fmt", "import"])
def test_what_takes_files_only_says_so(roads: Repository, command: str) -> None:
    more = ("-o", "out.geojson") if command == "import" else ()
    result = roads.run(
        "sh", "-c", 'pkzone "$@" 2>&1; true', "sh", command, "HEAD:roads.gpkg", *more
    )
    assert "there is no such file; REV:PATH is for diff" in result.stdout
    plain = roads.run("sh", "-c", 'pkzone "$@" 2>&1; true', "sh", command, "none.gpkg", *more)
    assert "REV:PATH" not in plain.stdout


def test_log_says_that_a_file_has_no_versions(roads: Repository) -> None:
    told = roads.pkzone("log", "HEAD:roads.geojson", code=3).stderr
    assert "names a file, which has no versions" in told
    assert "history take HEAD:PATH" in told
