"""Scripts for who works on pkzone; nothing of the package uses them."""
