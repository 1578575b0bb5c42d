"""`python -m tests.usability`: eight tasks, done by somebody who reads only the screen, and what each costs her."""
