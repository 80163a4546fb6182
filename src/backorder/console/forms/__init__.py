"""What people type in. A form says what is missing or cannot be read; what the facts allow, the services say."""
