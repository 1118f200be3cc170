"""What is done with judgments: kept, read in, asked, compared."""
