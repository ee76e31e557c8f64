"""Objections to records: raised, checked, and taken up by all who were told wrong."""
