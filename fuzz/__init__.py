"""Fuzz targets: what reads bytes from outside must refuse them in one line, or read them right."""
