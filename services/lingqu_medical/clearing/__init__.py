"""Gross clearing between provinces: statements by direction, fund and period."""
