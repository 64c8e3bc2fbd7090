"""How fast the product is on Kon Tum 2020: figures beside their aims, nothing asserted about time.

`run.py` gives each database a process of its own; `kon_tum.py` plays the round in it, stops at
three moments and measures; `operations.py` says what is measured at each; `measuring.py` counts
and times; `bare.py` is what the machine can do at all; `report.py` prints. What
needs no database has modules of its own: `printing.py`, `word.py`, `workbooks.py`.
"""
