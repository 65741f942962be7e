"""What can go wrong with models, said so that a person can mend it."""


class ModelError(Exception):
    """A model cannot be trained, registered or used; the message says what to do."""


class TooLittleData(ModelError):
    """The window holds too few resolved flights, or flights of one outcome only."""


class NoChampion(ModelError):
    """No version of the model carries the alias."""


class OtherFeatureSet(ModelError):
    """Rows of one feature set were given to a model of another."""
