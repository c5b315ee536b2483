"""The pages of a release: pure functions, frames in, HTML and SVG out."""
