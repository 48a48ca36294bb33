"""What runs beside each other are made of: which ones, their curves, their settings and their figures."""
