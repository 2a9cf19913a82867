"""What a printed log alone can tell: readers of logs, the signs in their figures, the causes that fit.

The line is `gather.read_log` (a file to LoggedRuns), `judging.judge_log` (runs to what they show),
`record.Logbook` (the saved form), and `unstuck.report.logged`, which tells it.
"""
