"""Whether the tests of the rules see it when a rule is changed. Not collected by pytest: `make mutate`."""
