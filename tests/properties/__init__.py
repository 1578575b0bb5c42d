"""What must hold for every date and every length of time."""
