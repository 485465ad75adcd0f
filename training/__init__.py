"""Fine-tunes the model on a corpus of sessions; an extra that answering questions never imports."""
