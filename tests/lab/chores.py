"""Small tasks that the executors are tested with; workers import them from here."""

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Chore:
    """What to do: the name of a function below, its argument, and the seconds that it may take."""

    name: str
    argument: Any = None
    seconds: float = 60.0


class Unpacked:
    """An object that leaves a line in a file whenever it is unpickled."""

    def __init__(self, file):
        self.file = file

    def __setstate__(self, state):
        self.__dict__.update(state)
        note(self.file)


def do(shared, chore):
    """The function that is run on each task."""
    return globals()[chore.name](shared, chore.argument)


def note(file):
    with Path(file).open("a") as lines:
        lines.write(f"{os.getpid()}\n")


def add(shared, number):
    return shared + number


def fail(shared, text):
    raise ValueError(text)


def leave(shared, code):
    sys.exit(code)


def own_process(shared, _):
    return os.getpid()


def variables(shared, names):
    return {name: os.environ.get(name) for name in names}


def search_path(shared, _):
    return sys.path


def imported(shared, name):
    return name in sys.modules


def speak(shared, text):
    print(text)
    os.write(1, text.encode())
    os.write(2, text.encode())


def unpicklable(shared, _):
    return (each for each in ())


def die(shared, file):
    """Kill the process, always."""
    note(file)
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(shared, file):
    """Kill the process unless another one did so before."""
    first = not Path(file).exists()
    note(file)
    if first:
        os.kill(os.getpid(), signal.SIGKILL)
    return "alive"


def endless(shared, pipe):
    """Never ends. Says in the named pipe, where there is one, that it has begun."""
    if pipe:
        note(pipe)
    while True:
        pass
