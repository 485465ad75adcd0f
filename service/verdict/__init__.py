"""Whether anything fits a question, calibrated per catalogue."""
