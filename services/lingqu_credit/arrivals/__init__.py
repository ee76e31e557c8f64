"""What other regions publish, as it may be taken over."""
