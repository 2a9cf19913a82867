"""Three small trainings that are stuck, as a beginner would write them, and how they are played."""
