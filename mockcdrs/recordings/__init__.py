"""Recordings of a Crossbar server: recording its responses, replaying the requests to a mock, comparing responses."""
