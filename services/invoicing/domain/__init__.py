"""What an invoice is and may become; no input, no output, no clock.

`lines` writes invoice lines from an order; `matching` decides, and its decisions can be recomputed;
`invoice` is the document with its transition table; `book` is what an order has been billed so far;
`ledger` says which entries a fact posts; `refusals` are the rules that say no.
"""
