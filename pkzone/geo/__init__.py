"""Pure geometry: measures and the canonical form. Knows no layer, file or page."""
