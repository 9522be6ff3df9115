"""Is this a treatment that can be run? From a file to a checked `Treatment`."""
