"""The errors of the streaming storey: broken worlds only, each message says what to do."""


class SettingsError(Exception):
    """The process was started without something it needs."""
