"""Pure building blocks: no Flask, no database, no clock or randomness of their own."""
