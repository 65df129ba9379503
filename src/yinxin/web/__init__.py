"""Settings, URLs, errors and the command line: the one place that knows every domain."""
