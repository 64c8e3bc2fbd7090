"""Kon Tum 2020 as a demonstration, and rounds of any size for load.

Lives here: what the demonstration says (`province`, `people`, `truth`, `plan`), what its documents
look like (`letters`), when things happen (`times`), how it is played through the workflow
(`history`), and the writing in bulk (`load`). Names of agencies and dates of the round come from
`kon-tum-2020.json`; people, figures and documents are invented. Not here: the command.
"""
