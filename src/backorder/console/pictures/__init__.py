"""Pictures that the server draws, as shapes for a template."""
