"""The history of control's tables."""
