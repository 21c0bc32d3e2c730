"""A catalogue behaves as a plain dictionary of versions does, whatever is done to it in turn."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import pkzone
from pkzone.errors import CannotPublish, VersionNotFound
from pkzone.geojson import Feature, FeatureCollection

Content = dict[str, tuple[int, int]]
DAYS = [f"2024-05-{day:02}" for day in range(1, 7)] + ["2024-05-03.2", "2024-05-03.10"]
contents = st.dictionaries(
    st.sampled_from("abcd"), st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=3
)


def sort_key(version: str) -> tuple[str, int]:
    day, _, number = version.partition(".")
    return day, int(number or 1)


def features(content: Content) -> FeatureCollection:
    """Return features whose place and property are the content."""
    return FeatureCollection(
        tuple(
            Feature(name, {"n": number}, {"type": "Point", "coordinates": [lon, 10.0]})
            for name, (lon, number) in content.items()
        ),
        (),
    )


def content_of(version: pkzone.Version) -> Content:
    found = {}
    for one in version.features().features:
        assert one.geometry is not None
        found[str(one.id)] = (int(one.geometry["coordinates"][0]), one.properties["n"])
    return found


class Store(RuleBasedStateMachine):
    """The model: records by version, each a day of recording and a content."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.root = self.folder / "z"
        pkzone.init(self.root)
        self.model: dict[str, list[tuple[int, Content]]] = {}
        self.today = 1
        self.begun = False

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def publish(self, day: str, content: Content, **options: Any) -> str:
        (step,) = pkzone.publish(
            features(content), catalogue=self.root, layer="l", valid_from=day, title="T",
            recorded=f"2025-01-{self.today:02}", new_layer=None if self.begun else "L", **options,
        )  # fmt: skip
        self.begun = True
        return step.outcome

    @rule()
    def a_day_passes(self) -> None:
        self.today = min(self.today + 1, 28)

    @rule(day=st.sampled_from(DAYS), content=contents)
    def publish_a_version(self, day: str, content: Content) -> None:
        if day not in self.model:
            assert self.publish(day, content) == "added"
            self.model[day] = [(self.today, content)]
        elif self.model[day][-1][1] == content:
            assert self.publish(day, content) == "present"
        else:
            with pytest.raises(CannotPublish, match="exists with other content"):
                self.publish(day, content)

    @precondition(lambda self: self.begun)
    @rule(day=st.sampled_from(DAYS), content=contents)
    def correct_a_version(self, day: str, content: Content) -> None:
        if day not in self.model:
            with pytest.raises(CannotPublish, match="to correct"):
                self.publish(day, content, correct=True)
        elif self.model[day][-1][1] == content:
            assert self.publish(day, content, correct=True) == "present"
        else:
            assert self.publish(day, content, correct=True) == "corrected"
            self.model[day].append((self.today, content))

    @precondition(lambda self: len(self.model) > 1)
    @rule(data=st.data())
    def compare_two(self, data: st.DataObject) -> None:
        base, target = (data.draw(st.sampled_from(sorted(self.model))) for _ in range(2))
        before, after = self.model[base][-1][1], self.model[target][-1][1]
        found = pkzone.diff(f"l@{base}", f"l@{target}", catalogue=self.root)
        assert found.is_empty == (before == after)
        same = {name for name in before if after.get(name) == before[name]}
        assert found.summary["unchanged"] == len(same)
        modified = {one.id for one in found.changes if one.kind == "modified"}
        assert modified == (before.keys() & after.keys()) - same

    @precondition(lambda self: self.model)
    @rule(known=st.integers(0, 28), day=st.sampled_from(DAYS))
    def look_back(self, known: int, day: str) -> None:
        as_known = {
            version: [content for recorded, content in records if recorded <= known]
            for version, records in self.model.items()
        }
        as_known = {version: found for version, found in as_known.items() if found}
        when = f"2025-01-{known:02}" if known else "2024-12-31"
        layer = pkzone.catalogue(self.root, known_on=when)["l"]
        assert list(layer) == sorted(as_known, key=sort_key)
        earlier = [one for one in as_known if one[:10] <= day[:10]]
        if earlier:
            newest = max(earlier, key=sort_key)
            assert content_of(layer.on(day[:10])) == as_known[newest][-1]
        else:
            with pytest.raises(VersionNotFound):
                layer.on(day[:10])

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def damage_and_mend(self, data: st.DataObject) -> None:
        records = pkzone.catalogue(self.root)["l"].records
        path = data.draw(st.sampled_from([one.path for one in records]))
        whole = path.read_bytes()
        path.write_bytes(whole[:-2])
        assert [one.code for one in pkzone.verify(self.root).findings] == ["truncated"]
        path.write_bytes(whole)

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        assert pkzone.verify(self.root).findings == ()
        if not self.begun:
            assert len(pkzone.catalogue(self.root)) == 0
            return
        layer = pkzone.catalogue(self.root)["l"]
        assert list(layer) == sorted(self.model, key=sort_key)
        for version, records in self.model.items():
            own = [one for one in layer.records if one.id == version]
            assert [content_of(one) for one in own] == [content for _, content in records]


TestStore = Store.TestCase
TestStore.settings = settings(
    max_examples=8,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


class LongStore(Store):
    pass


TestLongStore = pytest.mark.slow(LongStore.TestCase)
TestLongStore.settings = settings(
    max_examples=300,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
