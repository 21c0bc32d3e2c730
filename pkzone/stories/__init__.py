"""Guided stories: stops with a day, a view and sentences whose facts come from the catalogue."""
