"""Every fault of the checker by its code: why it is one, a wrong example and a right one (`pages/`)."""
