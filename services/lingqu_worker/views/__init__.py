"""What a partner may see of a batch: masks, and views as columns and as rows."""
