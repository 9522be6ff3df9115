"""The emulator of a treatment: learnt from runs over a box of settings, it answers in milliseconds and tells its error."""
