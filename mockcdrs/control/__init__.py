"""The powers that the real server lacks."""
