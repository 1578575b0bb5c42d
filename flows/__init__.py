"""What happens by itself: sending, deadlines, and the Prefect history."""
