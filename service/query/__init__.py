"""What is asked: a question, parsed once, and what its words mean in a catalogue."""
