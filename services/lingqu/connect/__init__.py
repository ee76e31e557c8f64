"""The connector API and the batch that moves through it."""
