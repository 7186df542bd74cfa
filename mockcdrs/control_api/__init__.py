"""The control API under `/_mockcdrs/`: a table of routes to functions of values; HTTP is the server's."""
