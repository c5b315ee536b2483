"""Dump to raw tables, with rejects and ledger."""
