"""Speed beside other tools, always as a ratio within one run."""
