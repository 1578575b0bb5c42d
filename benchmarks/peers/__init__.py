"""The same job done by others, each the way its own pages teach it: keep it, send one mail, remind later, wait.

Each peer is a program that takes errands on standard input, one a line: `open WHO`, `remind WHO SECONDS`, `wait WHO`.
The mail goes to WHO@example.org, through stock Apprise. What is measured is measured outside of it.
"""
