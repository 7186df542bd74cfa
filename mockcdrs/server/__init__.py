"""HTTP: the Falcon app, and the event loop that serves it."""
