"""Tables of records, as departments have them: Chinese headings, and the codes of 双公示."""
