"""Which programs are judged by which doors."""

from __future__ import annotations

from collections.abc import Callable

import keras

from .pieces.inputs import STREAMS, STREAMS_OF
from .programs import draw
from .tally import Contradiction, Tally

#: A look before training costs a tenth of a watched fit, which is made twice: of so many programs one is
#: trained.
TRAINED = 40

#: And of so many one is diagnosed after the fact, which costs four times that look.
DIAGNOSED = 12


def judge_seeds(first: int, judgements: int, tell: Callable[[Contradiction], None] | None = None) -> Tally:
    """Judge the programs of the seeds from `first` on until there are so many judgements.

    `tell` hears of each contradiction as it is found.
    """
    streams = {**STREAMS, **STREAMS_OF.get(keras.backend.backend(), {})}
    tally, seed = Tally(), first
    while tally.judgements.total() < judgements:
        program = draw(seed, streams)
        known = len(tally.contradictions)
        tally.judge(program, doors_for(seed, streams=program.streams))
        for each in tally.contradictions[known:] if tell else ():
            tell(each)
        seed += 1
    return tally


def doors_for(seed: int, *, streams: bool) -> list[str]:
    """The doors that the program of a seed goes through; a stream has to be trained on."""
    fitted = "watch" if seed // TRAINED % 2 else "observe"
    if streams:
        return [fitted]
    doors = ["check"]
    if seed % DIAGNOSED == 0:
        doors.append("diagnose")
    if seed % TRAINED == 1:
        doors.append(fitted)
    return doors
