"""The checks, a theme in each module."""
