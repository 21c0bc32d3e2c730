"""Open what pkzone exports in a real QGIS and R: ``python -m tools.programs [PICTURE]``.

It takes Debian's ``qgis``, ``python3-qgis`` and ``r-cran-sf``, too large to install in CI, and
says what each program found. QGIS runs without a window, in the Python that it is built for;
PICTURE is where it draws the zone as of 1 September 2022. R runs the block of docs/programs.md.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

#: The day that the layers are filtered to, by QGIS's temporal controller and by hand.
DAY = (2022, 9, 1)
PAGE = Path(__file__).parents[1] / "docs" / "programs.md"


def main(picture: str | None) -> None:
    """Export every version of each layer, and open the files."""
    import pkzone
    from pkzone.maps.qgis_style import style

    day = "{}-{:02}-{:02}".format(*DAY)
    with TemporaryDirectory() as name:
        expected = {}
        for layer in pkzone.catalogue().layers:
            path = Path(name, f"{layer.name}.gpkg")
            pkzone.export(layer.name, path, versions=True, styles=style)
            count = sum(version.feature_count for version in layer.versions)
            expected[str(path)] = [count, layer.on(day).feature_count]
        drawn = [str(Path(picture).resolve())] if picture else []
        given = [json.dumps(expected), *drawn]
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": ""}
        inside = ["/usr/bin/python3", __file__, "--in-qgis", *given]
        subprocess.run(inside, check=True, env=environment)
        (code,) = re.findall(r"```r\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
        versions = 'cat(R.version.string, "sf", format(packageVersion("sf")), "\\n")\n'
        script = Path(name, "page.R")
        script.write_text(versions + code, encoding="utf-8")
        subprocess.run(["Rscript", "--vanilla", str(script)], check=True, cwd=name)


def open_in_qgis(expected: dict[str, list[int]], picture: str | None) -> None:
    """Open GeoPackages as QGIS does, and compare rows in all and on the day with the catalogue."""
    from qgis.core import Qgis, QgsApplication

    application = QgsApplication([], False)
    application.initQgis()
    print(f"QGIS {Qgis.QGIS_VERSION}")
    opened = {path: _layers(path) for path in expected}
    for path, counts in expected.items():
        found = [sum(column) for column in zip(*map(_counts, opened[path]))]  # noqa: B905
        assert found == counts, (path, found, counts)
    if picture:
        _draw([layer for layers in opened.values() for layer in layers], picture)
    opened.clear()
    application.exitQgis()


def _layers(path):
    """Return the layers of a file as QGIS adds them: with the style that the file carries."""
    from qgis.core import QgsProviderRegistry, QgsVectorLayer

    found = QgsProviderRegistry.instance().querySublayers(path)
    names = [one.name() for one in found if one.name() != "layer_styles"]
    layers = [QgsVectorLayer(f"{path}|layername={name}", name, "ogr") for name in names]
    for layer in layers:  # as QgsAppLayerHandling::postProcessAddedLayer does
        layer.loadDefaultStyle()
        layer.loadDefaultMetadata()
    return layers


def _counts(layer) -> tuple[int, int]:
    """Check style, time, place and metadata of a layer; return its rows, and those of the day."""
    from qgis.core import QgsFeatureRequest, QgsRenderContext, QgsVectorLayerTemporalContext

    assert layer.isValid(), layer.name()
    assert layer.crs().authid() == "EPSG:4326"
    assert layer.metadata().licenses()
    assert layer.metadata().links()
    box = layer.extent()
    assert 44 < box.xMinimum() <= box.xMaximum() < 49, box.toString()
    assert 38 < box.yMinimum() <= box.yMaximum() < 42, box.toString()

    renderer, context = layer.renderer(), QgsRenderContext()
    assert renderer.type() == "categorizedSymbol"
    context.expressionContext().appendScopes(_scopes(layer))
    renderer.startRender(context, layer.fields())
    for feature in layer.getFeatures():
        context.expressionContext().setFeature(feature)
        assert renderer.symbolForFeature(feature, context) is not None, feature["id"]
    renderer.stopRender(context)

    time, span = layer.temporalProperties(), QgsVectorLayerTemporalContext()
    assert time.isActive()
    assert (time.startField(), time.endField()) == ("valid_from", "valid_to")
    span.setLayer(layer)
    during = QgsFeatureRequest().setFilterExpression(time.createFilterString(span, _day()))
    on_the_day = len(list(layer.getFeatures(during)))
    print(
        f"{layer.name()}: {layer.featureCount()} rows in {len(renderer.categories())} categories, "
        f"{on_the_day} on the day; time {time.startField()} to {time.endField()}"
    )
    return layer.featureCount(), on_the_day


def _scopes(layer):
    from qgis.core import QgsExpressionContextUtils

    return QgsExpressionContextUtils.globalProjectLayerScopes(layer)


def _day():
    from qgis.core import QgsDateTimeRange
    from qgis.PyQt.QtCore import QDate, QDateTime, QTime

    begin = QDateTime(QDate(*DAY), QTime(0, 0))
    return QgsDateTimeRange(begin, begin.addDays(1), True, False)


def _draw(layers, picture: str) -> None:
    """Draw layers as the canvas does while the temporal controller stands on the day."""
    from qgis.core import QgsMapRendererParallelJob, QgsMapSettings, QgsRectangle
    from qgis.PyQt.QtCore import QSize

    settings = QgsMapSettings()
    order = ["_points", "sites", "places", "_lines", "corridor", "transport", "zone", "control"]

    def place(layer) -> int:
        return next((n for n, name in enumerate(order) if name in layer.name()), len(order))

    settings.setLayers(sorted(layers, key=place))
    settings.setExtent(QgsRectangle(45.6, 39.0, 47.4, 40.5))
    settings.setOutputSize(QSize(1200, 1000))
    settings.setDestinationCrs(layers[0].crs())
    settings.setIsTemporal(True)
    settings.setTemporalRange(_day())
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    assert job.renderedImage().save(picture)
    print(f"wrote {picture}")


if __name__ == "__main__":
    chosen = dict(enumerate(sys.argv))
    if chosen.get(1) == "--in-qgis":
        open_in_qgis(json.loads(chosen[2]), chosen.get(3))
    else:
        main(chosen.get(1))
