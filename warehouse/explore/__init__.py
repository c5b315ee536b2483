"""Trying a topic on documents that are there: what it selects, and how well."""
