"""The catalogue entry 目录条目 of a contract, and how well it is kept."""
