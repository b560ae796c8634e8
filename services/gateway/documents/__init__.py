"""Orders and invoices as files to keep: PDF and XLSX, and lists as XLSX and CSV (S-022).

`content` says what stands on a document, in the order it stands there, with typed values; `pdf` and `sheets`
set it. `wording` has the words and the form of numbers and dates in each language. All of it is work for a
worker process (`services.gateway.work`), never for the event loop; `routes` is where HTTP comes in.
"""
