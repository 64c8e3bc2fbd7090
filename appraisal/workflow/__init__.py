"""What happens when somebody acts: the only writer of states and marks.

One function for each write: lock, ask the rule again, write, remember, tell. One module for each
stage of the process: `setup`, `copying`, `staffing`, `imports`; `self_assessment`, `evidence`,
`explanation`; `appraisal`; `council`, `papers`. What they share is in `acting`. Callers write
`from appraisal.workflow import council` and `council.approve(…)`.
"""
