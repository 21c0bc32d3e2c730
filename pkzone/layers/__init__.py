"""The versioned catalogue: strict GeoJSON, layers, versions, references and frames."""
