"""A pathway for people who did not write it: drawn, in plain words, compared, and with its worst case's timetable."""
