"""Headings of the columns of a listing row in CSV files whose cells are quoted."""

CSV_HEADINGS = {"id": "ID", "account_id": "Account ID"}
"""The columns that have another name there than in JSON (`crossbar.hrl`, `CSV_HEADER_MAP`)."""
