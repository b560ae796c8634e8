"""Tables that people fill and send: CSV and XLSX, read into cells, and cells into what an operation takes.

`reading` knows files, `columns` headings and values; `invoices` is the one table for which it is done. All of it
runs in a worker process: reading costs time, and what is wrong with a file may cost memory.
"""
