"""Narrative: a company's quarter in writing, and the questions it raises."""
