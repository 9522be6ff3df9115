"""What each kind of step does to the skin."""
