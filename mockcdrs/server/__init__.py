"""HTTP: the apps and the event loop that serves them."""
