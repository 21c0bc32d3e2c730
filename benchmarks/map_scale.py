"""Building and opening large maps: 10,000 features beside folium, 800 versions, in Chromium.

    python benchmarks/map_scale.py FOLDER [--runs 5] [--chromium PATH]

makes its layers in FOLDER (kept for the next time) and prints Markdown tables. Building is CPU
time, best and median of all runs, with folium 0.20 beside pkzone, each in a process of its own
whose first run does not count but is shown (it reads the page's own files); both start from the
features as Python holds them, and for pkzone the time from the catalogue's files (read, hashed,
parsed strictly) stands beside. Chromium is
headless, offline and its GPU is off; times are wall time, so close other programs: opening is
from the navigation until the first frame with the map in it, a step is from the slider's event
until the next frame.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import folium
import front_line
import known_truth

import pkzone
from pkzone.geojson import Feature, FeatureCollection
from pkzone.layers.model import Version

SIZE = 10_000
SLOWEST = "a folium.GeoJson with a popup for each feature"


def many(root: Path, size: int) -> Path:
    """Return a catalogue of one layer: the two layers of ``known_truth.py`` as versions."""
    folder, source = root / f"many-{size}", root / str(size)
    if (folder / "datapackage.json").exists():
        return folder
    known_truth.write(size, source)
    for name in ("many", "schemas"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "schemas/many.json").write_text("{}")
    resources = []
    for day, name in (("2022-01-01", "base"), ("2022-06-01", "target")):
        data = (source / f"{name}.geojson").read_bytes()
        (folder / f"many/{day}.geojson").write_bytes(data)
        resources.append({
            "name": f"many-{day}", "path": f"many/{day}.geojson", "format": "geojson",
            "bytes": len(data), "hash": f"sha256:{sha256(data).hexdigest()}", "title": name,
            "sources": [], "layer": "many", "version": day, "record": 1, "valid_from": day,
            "recorded": "2026-01-01", "events": [], "source_ids": [], "feature_count": size,
            "feature_schema": "schemas/many.json", "bbox": [40, 36, 60, 51],
        })  # fmt: skip
    package = {
        "name": "many", "title": "Many features", "languages": ["en"], "licenses": [],
        "layers": [{"name": "many", "title": "Many"}], "resources": resources,
    }  # fmt: skip
    for name, content in (("events", []), ("sources", []), ("datapackage", package)):
        (folder / f"{name}.json").write_text(json.dumps(content))
    return folder


def timed(build: Callable[[], str]) -> tuple[float, int]:
    """Return the CPU time in seconds, and the length of what is built."""
    start = time.process_time()
    html = build()
    return time.process_time() - start, len(html.encode())


def folium_layer(data: dict[str, Any], **options: Callable[[], Any]) -> Callable[[], str]:
    """Return what builds a page of one ``folium.GeoJson``."""

    def build() -> str:
        page = folium.Map()
        folium.GeoJson(data, **{name: make() for name, make in options.items()}).add_to(page)
        html: str = page.get_root().render()
        return html

    return build


def folium_each(data: dict[str, Any]) -> Callable[[], str]:
    """Return what builds a page of one ``folium.GeoJson`` with a popup for each feature."""

    def build() -> str:
        page = folium.Map()
        for one in data["features"]:
            told = "<br>".join(f"{key}: {value}" for key, value in one["properties"].items())
            folium.GeoJson(one, popup=folium.Popup(told)).add_to(page)
        html: str = page.get_root().render()
        return html

    return build


def builders(root: Path) -> dict[str, Callable[[], str]]:
    """Return by name what builds a page of 10,000 features."""
    folder = many(root, SIZE)
    data = json.loads((folder / "many/2022-01-01.geojson").read_text())
    keys = list(data["features"][0]["properties"])
    style = lambda _: {"color": "#b34700", "weight": 2}  # noqa: E731

    def ours() -> str:
        return pkzone.map("many@2022-01-01", catalogue=pkzone.catalogue(folder)).to_html()

    read = Version.features
    held = FeatureCollection(
        tuple(Feature(one["id"], one["properties"], one["geometry"]) for one in data["features"]),
        (),
    )

    def ours_in_memory() -> str:
        Version.features = lambda self: held  # type: ignore[method-assign]
        try:
            return ours()
        finally:
            Version.features = read  # type: ignore[method-assign]

    return {
        "pkzone.map, features in memory": ours_in_memory,
        "pkzone.map, from the files": ours,
        "folium.GeoJson": folium_layer(data),
        "folium.GeoJson, style, tooltip and popup of all properties": folium_layer(
            data, style_function=lambda: style, tooltip=lambda: folium.GeoJsonTooltip(keys),
            popup=lambda: folium.GeoJsonPopup(keys)),
        SLOWEST: folium_each(data),
    }  # fmt: skip


def building(root: Path, runs: int) -> None:
    """Print how long a page of 10,000 features takes to build."""
    print(f"| {SIZE:,} features | CPU best | median | first | median to pkzone's in memory | page "
          "| runs |")  # fmt: skip
    print("|---" * 7 + "|")
    base = None
    for name in builders(root):
        count = 1 if name == SLOWEST else runs
        command = [sys.executable, __file__, str(root), "--runs", str(count), "--build", name]
        told = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
        first, times, size = json.loads(told.stdout)
        median = statistics.median(times)
        base = base or median
        print(f"| {name} | {min(times):.2f} s | {median:.2f} s | {first:.2f} s | "
              f"{median / base:.1f} x | {size / 1e6:.1f} MB | {count} |", flush=True)  # fmt: skip


def build(root: Path, name: str, runs: int) -> None:
    """Print as JSON the CPU time of a first run, those of more, and the size of the page."""
    one = builders(root)[name]
    first, size = timed(one)
    print(json.dumps([first, [timed(one)[0] for _ in range(runs)], size]))


def series(root: Path, runs: int) -> dict[str, Path]:
    """Print how large the pages of 800 versions are and how long they take; return the pages."""
    pages = {}
    print("\n| 800 versions of 3,000 vertices | CPU best | median | files | page | runs |")
    print("|---" * 6 + "|")
    for name, everywhere in (("three stretches a day", False), ("every vertex every day", True)):
        folder = front_line.write(root / name.replace(" ", "-"), everywhere=everywhere)
        page = pages[name] = root / f"{folder.name}.html"

        def build(folder: Path = folder, page: Path = page) -> str:
            html = pkzone.map(catalogue=pkzone.catalogue(folder)).to_html()
            page.write_text(html)
            return html

        found = [timed(build) for _ in range(runs)]
        times, size = [cpu for cpu, _ in found], found[0][1]
        files = sum(path.stat().st_size for path in folder.rglob("*.geojson"))
        print(f"| {name} | {min(times):.1f} s | {statistics.median(times):.1f} s | "
              f"{files / 1e6:.0f} MB | {size / 1e6:.2f} MB | {runs} |", flush=True)  # fmt: skip
    return pages


# Longest and median time of a step of the slider until the next frame, in milliseconds.
STEPS = """async (most) => {
  const slider = document.getElementById("pk-slider");
  const [min, max] = [slider.min, slider.max].map(Number), count = Math.min(most, max - min);
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const times = [];
  for (let i = 1; i <= count; i += 1) {
    const start = performance.now();
    slider.value = String(Math.round(min + (i * (max - min)) / count));
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await frame();
    times.push(performance.now() - start);
  }
  return times;
}"""
OPENED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"  # noqa: E501


def opening(pages: dict[str, Path], runs: int, chromium: str) -> None:
    """Print how long Chromium takes to open pages and to step through them."""
    from playwright.sync_api import sync_playwright

    print("\n| opened in headless Chromium | opens, median | worst | a step, median | p95 | worst "
          "| heap | runs |")  # fmt: skip
    print("|---" * 8 + "|")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for name, path in pages.items():
            opens, steps = [], []
            for _ in range(runs):
                context = browser.new_context(offline=True, viewport={"width": 1440, "height": 900})
                page = context.new_page()
                page.goto(path.as_uri())
                opens.append(page.evaluate(OPENED))
                steps += page.evaluate(STEPS, 200)
                heap = page.evaluate("() => performance.memory.usedJSHeapSize / 1e6")
                context.close()
            steps.sort()
            print(f"| {name} | {statistics.median(opens) / 1e3:.2f} s | {max(opens) / 1e3:.2f} s | "
                  f"{statistics.median(steps):.0f} ms | {steps[int(len(steps) * 0.95)]:.0f} ms | "
                  f"{steps[-1]:.0f} ms | {heap:.0f} MB | {runs} |", flush=True)  # fmt: skip
        browser.close()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--build", help=argparse.SUPPRESS)
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.build:
        build(options.folder, options.build, options.runs)
        return
    building(options.folder, options.runs)
    pages = series(options.folder, max(1, options.runs // 2))
    for size in (SIZE, 2 * SIZE):
        page = pages[f"{size:,} features"] = options.folder / f"many-{size}.html"
        page.write_text(
            pkzone.map(catalogue=pkzone.catalogue(many(options.folder, size))).to_html()
        )
    if options.chromium is None:
        sys.exit("no Chromium on the PATH: name it with --chromium")
    opening(pages, options.runs, options.chromium)


if __name__ == "__main__":
    main()
