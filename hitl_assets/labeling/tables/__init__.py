"""Tables as files: which rows a CSV, TSV, JSON lines or XLSX file has, and what is wrong with it."""
