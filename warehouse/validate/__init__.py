"""Expectation suites to results."""
