"""What will happen: training, registering and serving models, and holding forecasts to outcomes.

Features are `domain.features`, rows are `streaming.store`'s; the only door to MLflow is
`ml.tracking`.
"""
