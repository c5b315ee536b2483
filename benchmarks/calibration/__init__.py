"""How often each inference is wrong, in worlds whose truth is known; docs/calibration.md."""
