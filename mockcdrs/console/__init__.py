"""The console: a page in a browser that shows what a mock does and changes it through the control API."""
