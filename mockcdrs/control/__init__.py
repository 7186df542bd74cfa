"""What a mock has and a real server has not: its clock, journal, added calls, and the correct result."""
