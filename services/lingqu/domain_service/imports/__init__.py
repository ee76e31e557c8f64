"""Files of statements: uploaded, read row by row, taken in batches, answered with a summary."""
