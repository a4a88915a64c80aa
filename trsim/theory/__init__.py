"""Exact results beside which simulated ones can be put."""
