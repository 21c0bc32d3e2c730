"""Answer questions of a catalogue: series, events, what was at a place, what was passable."""
