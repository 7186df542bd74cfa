"""What a CDR is: schema, times, ids, listing row. Standard library only."""
