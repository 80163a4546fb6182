"""Ways in and out for other people's data. Each channel turns what it reads into facts, and a plan into what it writes."""
