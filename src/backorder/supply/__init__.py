"""What is on hand and what is coming. Every quantity on hand is the sum of its movements."""
