"""Settings, and the database server that runs when nobody names one."""
