"""Scenarios: what a network says must happen, told beside each pathway, run on the rules with a clock of its own."""
