"""Where CDRs come from: files, a seed, a test."""
