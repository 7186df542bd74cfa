"""The calls that begin in a block, each with the name of its scenario."""

from collections.abc import Iterator

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.generator import ROWS, Block, Traffic, timetable
from mockcdrs.dataset.office import Office
from mockcdrs.dataset.store import Document


def calls_of_block(office: Office, traffic: Traffic, block: Block) -> Iterator[tuple[str, list[Document]]]:
    day = gregorian.to_datetime(block.start_gregorian).date()
    calls = timetable(office.seed, office.account.id, office.locale, traffic, day)
    for number, start in calls._beginning(block.start_gregorian, block.end_gregorian):
        if legs := calls._make(number, start):
            yield calls._rows[number % ROWS].scenario.make.__name__, legs
