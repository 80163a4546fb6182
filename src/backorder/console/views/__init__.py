"""A view reads the request, calls selectors or events, and fills a template."""
