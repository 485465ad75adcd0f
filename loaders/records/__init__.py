"""Records as sources give them, and the conversion of their values to Sessions."""
