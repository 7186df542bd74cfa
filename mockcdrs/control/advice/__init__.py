"""Advice: what Crossbar silently tolerates or answers in a puzzling way, in plain words. It never changes an answer."""

from mockcdrs.control.advice.facts import Advice, Facts
from mockcdrs.control.advice.table import ADVICE, advise, at_end

__all__ = ["ADVICE", "Advice", "Facts", "advise", "at_end"]
