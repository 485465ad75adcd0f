"""What is loaded: files, folders and archives, found and opened."""
