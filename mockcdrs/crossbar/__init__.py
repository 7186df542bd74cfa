"""How Crossbar answers: values in, values out. No HTTP, no clock, and no files but its own tables."""
