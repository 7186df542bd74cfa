"""Real CDRs from other files: importing saved answers and exports, and anonymizing them."""
