"""What is kept: tables, the one transaction, the trail, the keys."""
