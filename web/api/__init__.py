"""The JSON API under `/api/v1`: one table of operations, from which both the answers and their description are made."""
