"""What organisers do about people and buckets."""
