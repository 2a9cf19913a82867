"""What is seen in printed figures alone, one small file a sign. Being there registers it."""
