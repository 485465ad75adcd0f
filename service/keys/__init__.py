"""API keys of programs that ask: a file holds a hash of each, with its name, scopes and last day."""
