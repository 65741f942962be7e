"""The desk: where what people, banks and courts do becomes rows, each act in one transaction.

It knows no command line and no page; both call it.
"""
