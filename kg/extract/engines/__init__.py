"""Engines that turn a document into an extraction, behind one protocol."""
