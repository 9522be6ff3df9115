"""The skin block on the page: its fields in colours, two figures of it, and a view that turns."""
