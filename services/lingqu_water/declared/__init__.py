"""What departments declare, function zones and water resources: kept, published and taken over."""
