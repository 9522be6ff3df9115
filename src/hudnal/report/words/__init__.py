"""Numbers and sentences as people read them."""
