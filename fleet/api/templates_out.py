"""Mission templates as HTTP bodies, and whether this fleet and site can carry them out."""
