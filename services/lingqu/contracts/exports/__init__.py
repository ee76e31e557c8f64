"""Contracts in the forms that other tools read, made from the contract alone."""
