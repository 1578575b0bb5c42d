"""What comes back by mail: answers, bounces, automatic replies. Read by a child with little room: it may be hostile."""
