"""`python -m unstuck`: the command line without its installed script."""

from unstuck.cli import main

main(prog_name="unstuck")
