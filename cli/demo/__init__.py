"""The demo: one case over real mail and real SMS, answered by a sample network through the links it received."""
