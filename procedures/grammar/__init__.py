"""The grammar of the pathway language: from nodes of YAML to the parts of a pathway, fault by fault."""
