"""The report's figures, each a function that draws a course on given axes."""
