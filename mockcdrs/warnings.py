"""The warnings that a test run can raise, for filters such as `-W error::mockcdrs.warnings.UnusedFault`.

They are apart from the plugin: pytest imports the category of a filter before any plugin.
"""


class UnusedFault(UserWarning):
    """A fault that a test set up and that no request met."""
