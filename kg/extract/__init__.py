"""The extraction stages: from a document's text to claims, each a function over values that can be run alone."""
