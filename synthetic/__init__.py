"""Generated worlds with planted truth, and their corruption: for tests, benchmarks and the demo."""
