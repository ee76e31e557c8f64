"""The credit levels of enterprises, by day."""
