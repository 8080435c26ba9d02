"""Reading the books and the pipeline once, for one partner's report: the only place of this floor that does."""
