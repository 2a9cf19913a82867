"""What a printed log alone can tell: readers of logs, the signs in their figures, the causes that fit.

The line is `gather.read_log` (a file to LoggedRuns), `judging.judge_log` (runs to what they show),
`record.case_of` (the Case, as every training has one), and `unstuck.report.logged`, which tells it.
"""
