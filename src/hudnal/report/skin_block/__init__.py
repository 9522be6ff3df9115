"""The skin block as figures and as a view that turns."""
