"""Pytest's settings for the whole checkout."""

pytest_plugins = ("pytester",)
