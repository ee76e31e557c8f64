"""Credit: licences, penalties, lists, restrictions and their end."""
