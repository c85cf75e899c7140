"""Who people are, what they may do, and the buckets they answer for."""
