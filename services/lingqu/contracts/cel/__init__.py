"""The rules' language: CEL read, and run on columns."""
