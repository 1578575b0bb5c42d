"""How fast it is, beside the floor and beside peers, in one run: `make bench`, or `python -m benchmarks PART`."""
