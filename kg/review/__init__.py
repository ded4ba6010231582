"""The review of claims: what to ask, how to write a decision down, and the same by way of a spreadsheet."""
