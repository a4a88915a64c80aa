"""Where work is done: in this process, in several, on several machines; knows no models."""
