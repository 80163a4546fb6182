"""Customers, and what they want: orders, their lines, what of them is cancelled."""
