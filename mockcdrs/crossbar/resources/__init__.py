"""The modules of Crossbar that are served, one a file; `table.py` has them all."""
