"""The domain's words read a second time, in plain Python, from the facts as loaded.

Nothing of the warehouse's own reckoning is used here, neither its selects nor its calendar, parameters or declarations,
so that whoever misreads the domain has to misread it twice, and in the same way.
"""
