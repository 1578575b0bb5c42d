"""How fast it is, beside the floor, in one run: `make bench`."""
