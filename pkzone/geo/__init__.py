"""Geometry alone: measures, comparison and the canonical form. Knows no layer, file or page."""
