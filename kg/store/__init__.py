"""Where quads are kept: one protocol (`base`), one file per backend."""
