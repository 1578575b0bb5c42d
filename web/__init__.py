"""What people touch in a browser: the desk and the page behind a link."""
