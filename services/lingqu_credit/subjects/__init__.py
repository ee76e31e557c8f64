"""Subjects of credit: who they are through all changes, and what is recorded of them."""
