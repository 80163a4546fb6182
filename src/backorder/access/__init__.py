"""Keys of programs: who may ask for what over HTTP. A secret is shown once and kept only as its hash."""
