"""What each paper is made from: from the sealed snapshot and the round to the words of a paper.

`building` chooses the module by the kind of the paper and answers `Official`s; one module per kind
gathers its facts. `house` reads what the province's papers look like, `basis` what a paper depends
on (asked for twice, made once; changed since, out of date). How words become PDF and Word is in
`documents`.
"""
