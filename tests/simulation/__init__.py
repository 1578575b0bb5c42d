"""The relay under a heap of virtual time: real rules, handling and SQLite, and one seed that draws every fault."""
