"""`knockon demo`: the whole line over two days, from an empty stack to a verified summary."""
