"""The graph of tables, and how it is run."""
