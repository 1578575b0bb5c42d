"""Invented data for the demo, for drills and for tests."""
