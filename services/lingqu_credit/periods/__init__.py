"""How long a record is published, by the rules in force on the day of its document."""
