"""The parts of random programs, as text; one line adds one.

In their text `rng` is a generator, `n` the number of rows, `k` the number of classes, `u` the units of the
output.
"""
