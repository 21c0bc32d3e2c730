"""The words of pages and pictures in every language, and the look-ups that choose among them."""
