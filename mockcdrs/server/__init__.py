"""HTTP: the Falcon app and the threads that serve it."""
