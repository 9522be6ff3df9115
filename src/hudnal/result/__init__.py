"""What is left of a course: series, quantities, their intervals, sources and movers."""
