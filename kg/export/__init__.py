"""What goes out: RDF, networks and tables. Each function gives bytes that depend on the graph alone."""
