"""The addresses of the process, one list for each part of the job."""
