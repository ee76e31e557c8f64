"""HTTP endpoints of partners: events posted in signed batches, and rows asked for by page."""
