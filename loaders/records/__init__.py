"""Records, sessions in their sources' words, and the rules that make their values those of Sessions."""
