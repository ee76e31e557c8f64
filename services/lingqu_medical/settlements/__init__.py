"""Settlements as they were made: checked, stamped with their clearing period, published."""
