"""The pages of accounts and of the register, one module per noun: fetch, ask, bind, act, answer."""
