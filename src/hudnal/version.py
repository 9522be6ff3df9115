"""The version of the package, in a file of its own: whoever prints it need not know the face of the package."""

__version__ = "0.1.0"
