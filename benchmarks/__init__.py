"""Every number the README claims, and how to get it again."""
