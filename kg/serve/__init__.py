"""The SPARQL endpoint: SPARQL 1.1 Protocol, Graph Store HTTP Protocol, service description and linked data over one built graph."""
