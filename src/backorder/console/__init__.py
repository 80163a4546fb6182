"""The console: pages for those who run the shop. They show what selectors read, and call events; they decide nothing."""
