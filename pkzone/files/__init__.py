"""Open files safely, recognise them by content, write them atomically."""
