"""Agreements between a provider and a recipient, and the views they allow."""
