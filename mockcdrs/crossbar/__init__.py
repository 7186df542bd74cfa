"""How Crossbar answers: values in, values out. No HTTP, no clock, no files."""
