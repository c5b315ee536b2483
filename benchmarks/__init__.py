"""Worlds of any size with planted truth, to measure and to test the warehouse with."""
