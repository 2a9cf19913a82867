"""5 prove: short, budgeted, seeded trainings from a Recipe that answer one question each."""
