"""What follows from many runs: sweeps, comparisons, one compound followed, the sheet of a device."""
