"""Tell: every report is a view of a Case."""
