"""`python -m hudnal` is the command `hudnal`."""

from hudnal.cli import main

main()
