"""Static sites: data files and Markdown with front matter, joined to sessions."""
