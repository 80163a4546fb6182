"""What is sold, where it lies, and what ties items together."""
