"""A stand-in for the call detail record part of Kazoo's Crossbar API."""
