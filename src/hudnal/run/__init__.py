"""One whole order on disk: simulate, the skin block, report and files."""
