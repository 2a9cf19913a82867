"""3 Judge: evidence in, findings out."""
