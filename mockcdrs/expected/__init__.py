"""What a correct client must end up with, computed from the documents without any of the code that answers requests."""
