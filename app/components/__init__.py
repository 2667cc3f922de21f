"""What pages are put together from. A component takes plain data and draws it, or returns markup."""
