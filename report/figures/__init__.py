"""The figures of the report, one file each: frames in, a `Figure` out."""
