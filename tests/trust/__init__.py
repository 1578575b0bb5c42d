"""The fault rows: what is done to the relay while it runs, and what must hold all the same."""
