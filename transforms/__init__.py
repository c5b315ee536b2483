"""Pure functions, frames in and a frame out; a module named like a table makes that table."""
