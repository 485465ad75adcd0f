"""Sessions on their way to the store: read once, repeats told apart, compared with what is stored."""
