"""Spreadsheets in and out, as offices keep them: CSV and XLSX."""
