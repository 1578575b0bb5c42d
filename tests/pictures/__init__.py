"""`make pictures`: every page of the desk as people see it, taken with Chromium on invented data at a fixed hour."""
