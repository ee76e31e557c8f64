"""Credit records: prepared, kept, published, taken over, and ended on time."""
