"""Advice: plain words on requests that Crossbar tolerates silently or answers in a puzzling way. It changes no answer.

Nothing is imported here: a mock needs the rules only once somebody reads advice.
"""
