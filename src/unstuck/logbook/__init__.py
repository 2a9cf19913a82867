"""1c Printed figures become a training: readers of formats, and nothing that judges.

`gather.read_log` makes LoggedRuns of a file (`unstuck.evidence.printed`), and from there on they are judged
as every training is: `rules.logged` with the signs of `rules/figures`, saved by `case.logged`.
"""
