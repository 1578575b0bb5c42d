"""What is said: wording, carriers and their outcomes."""
