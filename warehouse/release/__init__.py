"""Releases: version, files, metadata, comparison, pointer, retention, stores."""
