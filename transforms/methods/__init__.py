"""The mathematics that tables share: entropy, networks, null models, paths, lags."""
