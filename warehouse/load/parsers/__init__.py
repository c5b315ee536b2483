"""Streaming parsers: a dump that SQL cannot read, turned into rows."""
