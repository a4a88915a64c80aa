"""The world around the router: customers, workers' habits, shifts, operators."""
