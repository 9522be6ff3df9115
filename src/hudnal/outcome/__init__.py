"""What one would see, feel, measure or fear: observations of the course, no new physics of skin."""
