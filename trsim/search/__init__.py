"""Procedures that find the best of several settings, driven by ask and tell; numbers only."""
