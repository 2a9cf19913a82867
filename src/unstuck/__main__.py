"""`python -m unstuck`: the command line without its installed script."""

from unstuck.cli import main

if __name__ == "__main__":  # a process that reads for the server loads this file, too
    main(prog_name="unstuck")
