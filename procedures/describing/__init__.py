"""The language as it is written, described for editors (a JSON Schema) and for readers (a reference page).

Both are made from the words of the grammar, so that neither can know another language than the reader.
"""
