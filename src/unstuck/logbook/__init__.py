"""Printed figures become a training: readers of formats, and what the script beside a log says to it.

The line is `gather.read_log` (a file to LoggedRuns), `judging.judge_log` (the signs of `rules/figures` put
together), `record.case_of` (the Case, as of every training), and `unstuck.report.logged`, which tells it.
"""
