"""What comes back about messages: read (`mailbox`, `providers`), noted once (`arrivals`), counted if it is a word (`words`)."""
