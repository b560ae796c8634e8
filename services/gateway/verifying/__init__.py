"""Whether a document on paper is ours and still true: a signed link on every PDF, and the page under it.

The link holds which document, for whom it was written and a digest of what it says. The page asks for the document
once more, in the same name, and compares: nothing is kept, and nothing is shown that the paper does not say itself.
"""
