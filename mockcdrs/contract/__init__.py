"""What any Crossbar has to do, the mock and a real one alike, asked over HTTP."""
