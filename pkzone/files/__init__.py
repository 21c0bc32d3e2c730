"""Files of the user: opened safely, recognised by content, written whole or not at all."""
