"""What rules see in source alone: for each, a check of its own where there is no training to look at."""
