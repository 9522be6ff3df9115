"""Writing: whole or not at all."""
