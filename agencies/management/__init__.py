"""Commands of the accounts and the register."""
