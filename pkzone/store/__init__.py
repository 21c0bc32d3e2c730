"""Begin catalogues, publish to them, verify them."""
