"""Kon Tum 2020 as a demonstration, and rounds of any size for load.

Lives here: what the demonstration says (`province`, `people`, `plan`), what its documents look like
(`letters`), and how it is played through the workflow (`history`), or written in bulk (`load`).
Names of agencies and dates of the round come from `kon-tum-2020.json`; people, figures and
documents are invented. Not here: the command that asks for it.
"""
