"""The page of a difference: its data block, style, labels and marks."""
