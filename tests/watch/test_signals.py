"""What a signal finds in a process that wants to do something first, and what the script sees of it."""

import os
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")

BEGINNING = """
import ctypes, os, signal, sys, threading, time
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever is started by nohup does not hear it
signal.signal(signal.SIGINT, signal.default_int_handler)
from unstuck.watch import signals
from unstuck.watch.signals import Departure

def first(name):
    print("first", name, flush=True)

def send(number=signal.SIGTERM):
    os.kill(os.getpid(), number)
"""


def ended(code):
    """The exit status of a process that runs this, and what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", BEGINNING + code], capture_output=True, text=True, timeout=60, check=False
    )
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout.split("\n")[:-1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_something_is_done_first_then_the_signal_has_its_effect(number):
    code = f"""
with Departure(first):
    try:
        send({int(number)})
        print("never")
    finally:
        print("never either")
"""
    assert ended(code) == (-number, [f"first {number.name}"])


def test_a_script_sees_what_would_stand_there_without_us():
    code = """
with Departure(first):
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    own = lambda *_: print("own")
    assert signal.signal(signal.SIGTERM, own) == signal.SIG_DFL
    assert signal.getsignal(signal.SIGTERM) is own
    send()
    assert signal.signal(signal.SIGTERM, signal.SIG_DFL) is own
    send()
"""
    assert ended(code) == (-signal.SIGTERM, ["own", "first SIGTERM"])


def test_what_ignores_a_signal_goes_on_ignoring_it():
    code = """
signal.signal(signal.SIGHUP, signal.SIG_IGN)
with Departure(first) as departure:
    send(signal.SIGHUP)
    departure.claim_again()
    send(signal.SIGHUP)
    print("goes on")
"""
    assert ended(code) == (0, ["goes on"])


def test_once_the_script_is_over_so_is_its_handler():
    code = """
with Departure(first) as departure:
    signal.signal(signal.SIGTERM, lambda *_: print("own"))
    departure.claim_again()
    send()
"""
    assert ended(code) == (-signal.SIGTERM, ["first SIGTERM"])


def test_a_main_thread_in_a_library_of_c_is_not_waited_for():
    code = """
with Departure(first) as departure:
    departure.watch()
    threading.Timer(0.2, send).start()
    for _ in range(50):
        ctypes.CDLL(None).sleep(10)
"""
    began = os.times().elapsed
    assert ended(code) == (-signal.SIGTERM, ["first SIGTERM"])
    assert os.times().elapsed - began < 50


def test_what_takes_too_long_is_cut_off():
    code = """
signals.SECONDS = 0.5
with Departure(lambda _: time.sleep(1000)):
    send()
"""
    assert ended(code) == (-signal.SIGTERM, [])


def test_what_fails_does_not_keep_the_signal_from_its_effect():
    code = """
threading.excepthook = lambda _: None
with Departure(lambda _: 1 / 0):
    send()
"""
    assert ended(code) == (-signal.SIGTERM, [])


def test_ctrl_c_meanwhile_does_not_go_on_in_the_script():
    code = """
def first(name):
    send(signal.SIGINT)
    time.sleep(0.2)
    print("first", name, flush=True)
with Departure(first):
    try:
        send()
    except KeyboardInterrupt:
        print("never")
"""
    assert ended(code) == (-signal.SIGTERM, ["first SIGTERM"])


def test_a_child_that_the_script_forks_off_ends_as_without_us():
    code = """
with Departure(first) as departure:
    departure.watch()
    child = os.fork()
    if not child:
        assert signal.set_wakeup_fd(-1) == -1
        send()
        os._exit(0)
    print(os.waitpid(child, 0)[1])
"""
    assert ended(code) == (0, [str(int(signal.SIGTERM))])


def test_the_last_words_are_said_to_their_end():
    code = """
with Departure(first) as departure:
    with departure.last_words():
        send()
        print("said", flush=True)
    print("never")
"""
    assert ended(code) == (-signal.SIGTERM, ["said"])


def test_afterwards_all_is_as_before():
    code = """
before = signal.signal, signal.getsignal
with Departure(first) as departure:
    departure.watch()
assert (signal.signal, signal.getsignal) == before
assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
assert signal.set_wakeup_fd(-1) == -1
"""
    assert ended(code) == (0, [])
