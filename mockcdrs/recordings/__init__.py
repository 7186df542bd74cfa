"""Requests with their answers: recorded from a server, and held against the mock."""
