"""The interactive page: what of the mirror is drawn, where it stands, and the one HTML file that shows it."""
