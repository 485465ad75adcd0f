"""The Model Context Protocol: tools, resources and prompts of assistants, over any transport."""
