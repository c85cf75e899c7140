"""What every room needs to speak HTTP: access, forms, Markdown, assets, headers, errors, times."""
