"""The control API under `/_mockcdrs/`: a table of routes to functions, values in and values out; no HTTP in here."""
