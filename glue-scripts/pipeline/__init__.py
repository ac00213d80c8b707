"""Bronze to silver to gold, as pure steps over DataFrames and the few reads and writes around
them."""
