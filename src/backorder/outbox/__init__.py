"""What is written in the same transaction as a change: the journal of who did what, when and why."""
