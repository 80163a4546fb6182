"""Ways in and out for other people's data: a channel turns files into facts, and a plan into files."""
