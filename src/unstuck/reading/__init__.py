"""Reads a program without running it: which trainings stand in it, and what is known of each."""

from unstuck.reading.program import BACKENDS, Reading, read_text

__all__ = ["BACKENDS", "Reading", "read_text"]
